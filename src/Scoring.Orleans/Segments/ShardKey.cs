using System.Globalization;

namespace Scoring.Cluster.Segments;

/// <summary>Which shard a grain is: the workspace, the shard, how many there are. Another number of shards means other shards.</summary>
internal readonly record struct ShardKey(string Workspace, int Shard, int Shards)
{
    public static ShardKey Parse(string key)
    {
        var parts = key.Split('/');
        return new(
            parts[0],
            int.Parse(parts[1], CultureInfo.InvariantCulture),
            int.Parse(parts[2], CultureInfo.InvariantCulture)
        );
    }

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Workspace}/{Shard}/{Shards}");
}
