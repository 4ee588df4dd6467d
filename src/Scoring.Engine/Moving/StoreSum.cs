using System.IO.Hashing;
using System.Runtime.InteropServices;
using Scoring.Core.Populations;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Moving;

/// <summary>How much there is in a store, or in some partitions of it.</summary>
/// <param name="workspaces">The workspaces, by number.</param>
internal sealed class StoreSum(IReadOnlyList<WorkspaceSum> workspaces)
{
    private ulong _eventIds;

    /// <summary>Does something with a customer in its stored form.</summary>
    public delegate void CustomerAction(int workspace, StoredCustomer customer, ReadOnlySpan<byte> encoded);

    /// <summary>Does something with an account in its stored form.</summary>
    public delegate void AccountAction(int workspace, string accountId, ReadOnlySpan<byte> encoded);

    /// <summary>The workspaces, by number.</summary>
    public IReadOnlyList<WorkspaceSum> Workspaces => workspaces;

    /// <summary>Event ids that are remembered; one that several partitions remember counts for each.</summary>
    public long EventIds { get; private set; }

    /// <summary>That of nothing.</summary>
    public static StoreSum Of(IEnumerable<StoredWorkspace> workspaces) =>
        new([.. workspaces.Select(workspace => new WorkspaceSum(workspace.Name))]);

    /// <summary>Adds all customers and accounts of a partition, and passes them on.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="onCustomer">Is given every customer.</param>
    /// <param name="onAccount">Is given every account.</param>
    public void Add(Partition partition, CustomerAction onCustomer, AccountAction onAccount)
    {
        using var row = new BlobWriter();
        foreach (var share in partition.Shares)
        {
            for (var i = 0; i < share.Population.Rows; i++)
            {
                row.Clear();
                share.Population.Write(i, row);
                // A customer that was deleted is written as nothing.
                if (row.Length > 0)
                {
                    onCustomer(share.Number, workspaces[share.Number].AddCustomer(row.Written), row.Written);
                }
            }
            foreach (var account in share.Accounts.All)
            {
                row.Clear();
                account.Write(row);
                workspaces[share.Number].AddAccount(row.Written);
                onAccount(share.Number, account.AccountId, row.Written);
            }
        }
    }

    /// <summary>Adds event ids.</summary>
    public void AddEventIds(DuplicateWindow window)
    {
        foreach (var id in window.Ids())
        {
            _eventIds += XxHash3.HashToUInt64(MemoryMarshal.AsBytes(new ReadOnlySpan<RememberedEvent>(in id)));
            EventIds++;
        }
    }

    /// <summary>In what a copy differs; null for nothing.</summary>
    public string? DifferenceTo(StoreSum copy) =>
        workspaces
            .Zip(copy.Workspaces, (sum, other) => sum.DifferenceTo(other))
            .FirstOrDefault(found => found is not null)
        ?? (
            EventIds != copy.EventIds || _eventIds != copy._eventIds
                ? $"{EventIds} event ids were written, and {copy.EventIds} are there, or others"
                : null
        );

    public void Write(BlobWriter target)
    {
        target.Int64(EventIds);
        target.Int64(unchecked((long)_eventIds));
        foreach (var workspace in workspaces)
        {
            workspace.Write(target);
        }
    }

    /// <exception cref="InvalidDataException">The content is malformed.</exception>
    public static StoreSum Read(IEnumerable<StoredWorkspace> names, ref BlobReader reader)
    {
        var (count, digest) = (reader.Int64(), unchecked((ulong)reader.Int64()));
        var workspaces = new List<WorkspaceSum>();
        foreach (var workspace in names)
        {
            workspaces.Add(WorkspaceSum.Read(workspace.Name, ref reader));
        }
        return new(workspaces) { EventIds = count, _eventIds = digest };
    }
}
