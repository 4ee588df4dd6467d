using System.Buffers;
using Scoring.Core.Populations;
using Scoring.Core.Serialization;
using Scoring.Engine.Partitions;

namespace Scoring.Engine.Moving;

/// <summary>A workspace of a <see cref="ClosedStore"/>.</summary>
public sealed class ClosedWorkspace
{
    private readonly IReadOnlyList<WorkspaceShare> _shares;

    internal ClosedWorkspace(MovedWorkspace workspace, IReadOnlyList<WorkspaceShare> shares)
    {
        (Workspace, _shares) = (workspace, shares);
        EventTypes = Union(share => share.Population.EventTypes);
        Features = Union(share => share.Population.Features);
        AttributeKeys = Union(share => share.Population.AttributeKeys);
    }

    /// <summary>What is stored for the workspace as a whole.</summary>
    public MovedWorkspace Workspace { get; }

    /// <summary>Number of customers.</summary>
    public long Customers => _shares.Sum(share => (long)share.Population.Count);

    /// <summary>Number of accounts that were upserted.</summary>
    public long Accounts => _shares.Sum(share => (long)share.Accounts.Count);

    /// <summary>The event types of all partitions, by name (ordinal).</summary>
    public IReadOnlyList<string> EventTypes { get; }

    /// <summary>The features of all partitions, by name (ordinal).</summary>
    public IReadOnlyList<string> Features { get; }

    /// <summary>The attribute keys of all partitions, by name (ordinal).</summary>
    public IReadOnlyList<string> AttributeKeys { get; }

    /// <summary>All customers, each in the form of <see cref="Population.Write"/>.</summary>
    public IEnumerable<MovedRow> ReadCustomers() =>
        Read(share => share.Population.Count, (share, row, target) => share.Population.Write(row, target), IdLength);

    /// <summary>All accounts, each in the form of <see cref="Core.Accounts.AccountRecord.Write"/>.</summary>
    public IEnumerable<MovedRow> ReadAccounts() =>
        // Both forms begin with a version and the id.
        Read(share => share.Accounts.Count, (share, row, target) => share.Accounts[row].Write(target), IdLength);

    private IEnumerable<MovedRow> Read(
        Func<WorkspaceShare, int> count,
        Action<WorkspaceShare, int, IBufferWriter<byte>> write,
        Func<ReadOnlyMemory<byte>, (int Start, int Length)> id
    )
    {
        var buffer = new ArrayBufferWriter<byte>(4_096);
        foreach (var share in _shares)
        {
            for (var row = 0; row < count(share); row++)
            {
                buffer.ResetWrittenCount();
                write(share, row, buffer);
                var (start, length) = id(buffer.WrittenMemory);
                yield return new(buffer.WrittenMemory.Slice(start, length), buffer.WrittenMemory);
            }
        }
    }

    private static (int Start, int Length) IdLength(ReadOnlyMemory<byte> record)
    {
        var reader = new RecordReader(record.Span);
        _ = reader.Byte();
        var length = reader.Text().Length;
        return (record.Length - reader.Rest.Length - length, length);
    }

    private string[] Union(Func<WorkspaceShare, IEnumerable<string>> names) =>
        [.. _shares.SelectMany(names).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];
}
