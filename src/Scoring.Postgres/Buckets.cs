using System.IO.Hashing;
using System.Text;

namespace Scoring.Postgres;

/// <summary>Divides the customers of a workspace evenly. A shard is a run of buckets, so that the number of shards can be changed.</summary>
internal static class Buckets
{
    /// <summary>Number of buckets; stored with every customer, so it never changes.</summary>
    public const int Count = 1_024;

    /// <summary>The bucket of a customer: XxHash3 of its id in UTF-8, modulo the number of buckets.</summary>
    public static short Of(string customerId) => Of(Encoding.UTF8.GetBytes(customerId));

    /// <summary>The bucket of a customer by its id in UTF-8.</summary>
    public static short Of(ReadOnlySpan<byte> customerId) => (short)(XxHash3.HashToUInt64(customerId) % Count);

    /// <summary>The shard that a bucket belongs to.</summary>
    public static int ShardOf(int bucket, int shards) => (int)((long)bucket * shards / Count);

    /// <summary>The buckets of a shard: from the first to before the end.</summary>
    public static (int First, int End) Of(int shard, int shards) => (Start(shard, shards), Start(shard + 1, shards));

    /// <summary>The smallest bucket that belongs to a shard.</summary>
    private static int Start(int shard, int shards) => (int)((((long)shard * Count) + shards - 1) / shards);
}
