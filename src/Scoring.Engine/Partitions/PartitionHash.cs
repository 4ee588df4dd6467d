using System.IO.Hashing;
using System.Text;
using Scoring.Core;

namespace Scoring.Engine.Partitions;

/// <summary>Which partition a customer or account belongs to. The hash is part of the store's format and never changes.</summary>
/// <remarks>XxHash3 of the workspace's name, a zero byte and the id, modulo the number of partitions.</remarks>
/// <param name="workspace">The workspace's name.</param>
/// <param name="partitions">How many partitions the store has.</param>
public sealed class PartitionHash(string workspace, int partitions)
{
    private readonly byte[] _prefix = [.. Encoding.UTF8.GetBytes(workspace), 0];

    /// <summary>The partition of an id in UTF-8.</summary>
    public int Of(ReadOnlySpan<byte> id)
    {
        if (partitions == 1)
        {
            return 0;
        }
        Span<byte> buffer = stackalloc byte[_prefix.Length + id.Length];
        _prefix.CopyTo(buffer);
        id.CopyTo(buffer[_prefix.Length..]);
        return (int)(XxHash3.HashToUInt64(buffer) % (ulong)partitions);
    }

    /// <summary>The partition of an id.</summary>
    public int Of(string id)
    {
        Span<byte> utf8 = stackalloc byte[Limits.IdBytes];
        return Encoding.UTF8.TryGetBytes(id, utf8, out var written)
            ? Of(utf8[..written])
            : Of(Encoding.UTF8.GetBytes(id));
    }
}
