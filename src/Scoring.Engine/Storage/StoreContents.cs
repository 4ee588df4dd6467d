using Scoring.Engine.Models;

namespace Scoring.Engine.Storage;

/// <summary>Reads and writes the few rows that say what else there is.</summary>
internal static class StoreContents
{
    /// <summary>Fills a store that is being made.</summary>
    public static void WriteEmpty(Store store, StoreMeta meta, IReadOnlyList<StoredWorkspace> workspaces)
    {
        Put(store, Table.Meta, StoreMeta.RowId, meta.Write);
        for (var i = 0; i < workspaces.Count; i++)
        {
            Put(store, Table.Workspace, i, workspaces[i].Write);
        }
        for (var i = 0; i < meta.Partitions; i++)
        {
            Put(store, Table.Partition, i, PartitionState.Empty.Write);
        }
    }

    /// <exception cref="StoreException">Rows are damaged or missing.</exception>
    public static (StoreMeta Meta, PartitionState[] States) ReadStates(Store store)
    {
        StoreMeta? meta = null;
        store.Scan(Table.Meta, long.MinValue, long.MaxValue, (_, content) => meta = StoreMeta.Read(content));
        if (meta is null or { Partitions: < 1 or > StoreBounds.Partitions })
        {
            throw StoreFile.Damaged(store.Path, "it does not say how many partitions it has");
        }
        var states = new List<PartitionState>();
        store.Scan(
            Table.Partition,
            long.MinValue,
            long.MaxValue,
            (id, content) =>
            {
                if (id != states.Count)
                {
                    throw new InvalidDataException("a partition is missing");
                }
                states.Add(PartitionState.Read(content));
            }
        );
        return states.Count == meta.Partitions
            ? (meta, [.. states])
            : throw StoreFile.Damaged(
                store.Path,
                $"{meta.Partitions} partitions are expected and {states.Count} found"
            );
    }

    /// <exception cref="StoreException">Rows are damaged or missing.</exception>
    public static List<StoredModel> ReadModels(Store store)
    {
        var (meta, _) = ReadStates(store);
        var models = new List<StoredModel>();
        store.Scan(
            Table.Model,
            long.MinValue,
            long.MaxValue,
            (id, content) => models.Add(StoredModel.Read(id, content))
        );
        return models.Count == meta.Models
            ? models
            : throw StoreFile.Damaged(store.Path, $"{meta.Models} models are expected and {models.Count} found");
    }

    /// <summary>The workspaces by number.</summary>
    /// <exception cref="StoreException">Rows are damaged or missing.</exception>
    public static List<StoredWorkspace> ReadWorkspaces(Store store)
    {
        var (meta, _) = ReadStates(store);
        var workspaces = new List<StoredWorkspace>();
        store.Scan(
            Table.Workspace,
            long.MinValue,
            long.MaxValue,
            (id, content) =>
            {
                if (id != workspaces.Count)
                {
                    throw new InvalidDataException("a workspace is missing");
                }
                workspaces.Add(StoredWorkspace.Read(content));
            }
        );
        return workspaces.Count == meta.Workspaces
            ? workspaces
            : throw StoreFile.Damaged(
                store.Path,
                $"{meta.Workspaces} workspaces are expected and {workspaces.Count} found"
            );
    }

    /// <summary>Lengths of the journal's files by number.</summary>
    /// <exception cref="StoreException">Rows are damaged or missing.</exception>
    public static Dictionary<int, long> ReadSegments(Store store, StoreMeta meta)
    {
        var segments = new Dictionary<int, long>();
        store.Scan(
            Table.Segment,
            0,
            int.MaxValue,
            (id, content) => segments.Add((int)id, new BlobReader(content).Int64())
        );
        return segments.Count == meta.Segments
            ? segments
            : throw StoreFile.Damaged(store.Path, $"{meta.Segments} segments are expected and {segments.Count} found");
    }

    public static void Put(Store store, Table table, long id, Action<BlobWriter> content)
    {
        using var blob = new BlobWriter();
        content(blob);
        blob.Fixed(Checksum.Bytes);
        store.Put(table, id, blob.Written);
    }
}
