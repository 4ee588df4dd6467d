using System.Text;
using Scoring.Core.Time;
using Scoring.Engine.Archive;
using Scoring.Engine.Partitions;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Moving;

/// <summary>Copies the archives of partitions into those of another store, customer by customer, and account by account.</summary>
/// <remarks>Customers of one partition come into another in the same order, so what is sorted stays so.</remarks>
/// <param name="source">Where they are read from.</param>
/// <param name="target">Where they go.</param>
/// <param name="partitions">The partitions by number that customers are copied into.</param>
/// <param name="hashes">By workspace, how its customers are divided.</param>
/// <param name="create">Gives the number of a file of a partition that is to be made.</param>
internal sealed class MovedArchives(
    ICheckpointStore source,
    ICheckpointStore target,
    IReadOnlyDictionary<int, Partition> partitions,
    IReadOnlyList<PartitionHash> hashes,
    Func<int, long> create
)
{
    private readonly Dictionary<(int Partition, int Workspace), ArchiveState> _states = [];

    /// <summary>Whether every partition that was read had one. Otherwise the copy begins with everybody as they are.</summary>
    public bool AreComplete { get; private set; } = true;

    /// <summary>What a partition of the copy has.</summary>
    public Dictionary<int, ArchiveState> Of(int partition) =>
        _states.Where(of => of.Key.Partition == partition).ToDictionary(of => of.Key.Workspace, of => Sorted(of.Value));

    /// <summary>Copies the archives of a partition whose customers have been copied.</summary>
    /// <exception cref="StoreException">A file is damaged.</exception>
    /// <exception cref="StoreFailure">A file cannot be written.</exception>
    public void Add(LoadedPartition loaded)
    {
        AreComplete &= loaded.State.Archives is not null;
        if (!AreComplete)
        {
            return;
        }
        foreach (var share in loaded.Partition.Shares)
        {
            var archive = share.Archive!;
            foreach (var file in archive.Contents.Files)
            {
                var index = archive.IndexOf(source, loaded.Partition.Index, file);
                using var reader = new ArchiveReader(source, loaded.Partition.Index, file, index);
                Copy(share, file.Level, file.LastEntry, CustomersByRow.Of(reader));
            }
            Copy(share, level: 0, long.MaxValue, CustomersByRow.Of(archive.Tail));
            KeepWhatHolds(share.Number, archive);
        }
    }

    private static ArchiveState Sorted(ArchiveState state) =>
        state with
        {
            Files = [.. state.Files.OrderBy(file => file.LastReceipt)],
        };

    private void Copy(WorkspaceShare share, int level, long lastEntry, IEnumerable<ArchivedCustomer> customers)
    {
        var writers = new Dictionary<int, ArchiveWriter>();
        var deleted = ArchiveVoid.RowsOf(share.Archive!.Voids, lastEntry);
        try
        {
            foreach (var customer in customers)
            {
                var id = IdOf(share, customer.Row);
                if (id.Length == 0 || deleted.Contains(customer.Row))
                {
                    continue;
                }
                var partition = hashes[share.Number].Of(id);
                if (!writers.TryGetValue(partition, out var writer))
                {
                    writer = new(target, partition, create(partition), compress: true);
                    writers.Add(partition, writer);
                }
                var row = RowOf(partitions[partition].Shares[share.Number], id, AccountRows.Contain(customer.Row));
                writer.Add(row, customer.Events.Span, customer.Changes, customer.Names);
            }
            foreach (var (partition, writer) in writers)
            {
                var state = StateOf(partition, share.Number);
                if (writer.Complete(share.Number, level, afterEntry: 0, lastEntry: 0) is { } file)
                {
                    _states[(partition, share.Number)] = state with { Files = [.. state.Files, file] };
                }
            }
        }
        finally
        {
            foreach (var writer in writers.Values)
            {
                writer.Dispose();
            }
        }
    }

    private static string IdOf(WorkspaceShare share, int row) =>
        AccountRows.Contain(row)
            ? share.Accounts[AccountRows.Among(row)]?.AccountId ?? ""
            : Encoding.UTF8.GetString(share.Population.IdOf(row));

    private static int RowOf(WorkspaceShare share, string id, bool isAccount) =>
        isAccount ? AccountRows.Of(share.Accounts.Find(id)) : share.Population.FindId(Encoding.UTF8.GetBytes(id));

    /// <summary>Keeps from when on everything is there, and which names were removed from what was copied.</summary>
    private void KeepWhatHolds(int workspace, ShareArchive archive)
    {
        List<ArchiveVoid> voids = [.. archive.Voids.Where(of => of.Row < 0).Select(of => of with { Entry = 1 })];
        foreach (var partition in partitions.Keys)
        {
            var state = StateOf(partition, workspace);
            _states[(partition, workspace)] = state with
            {
                CompleteSince = Instant.Max(state.CompleteSince, archive.Contents.CompleteSince),
                AccountsSince = Instant.Max(state.AccountsSince, archive.Contents.AccountsSince),
                Voids = [.. state.Voids, .. voids],
            };
        }
    }

    private ArchiveState StateOf(int partition, int workspace) =>
        _states.GetValueOrDefault((partition, workspace), ArchiveState.Empty);
}
