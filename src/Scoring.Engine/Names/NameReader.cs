using Scoring.Core;
using Scoring.Core.Names;
using Scoring.Engine.Models;
using Scoring.Engine.Partitions;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Names;

/// <summary>Tells the names of a workspace over all partitions.</summary>
internal sealed class NameReader(Partition[] partitions, ModelCatalog models)
{
    /// <summary>All names, with what uses them; those of models and settings also where nothing of them was received yet.</summary>
    public NameList List(EngineWorkspace workspace)
    {
        var used = UsedBy(workspace);
        var names = new Dictionary<KnownName, NameUse>();
        var rooms = Rooms(workspace).ToList();
        var mostOfAccount = 0;
        foreach (var partition in partitions)
        {
            partition.Access.EnterToScan();
            try
            {
                var share = partition.Shares[workspace.Number];
                foreach (var use in share.Population.Names.Concat(OfAccounts(share.Accounts, ref mostOfAccount)))
                {
                    names[use.Name] = names.TryGetValue(use.Name, out var other) ? Merge(use, other) : use;
                }
            }
            finally
            {
                partition.Access.ExitFromScan();
            }
        }
        foreach (var name in used.All)
        {
            names.TryAdd(name, new NameUse(name, LastDay: null, name.Kind == NameKind.Feature ? null : 0, []));
        }
        rooms.Add(new(NameKind.AccountAttribute, mostOfAccount, Limits.Attributes));
        return new(
            [
                .. names
                    .Values.Select(use => use with { UsedBy = used.UsersOf(use.Name) })
                    .OrderBy(use => use.Name.Kind)
                    .ThenBy(use => use.Name.Name, StringComparer.Ordinal),
            ],
            rooms
        );
    }

    /// <summary>How much of the room for names is taken in the partition that has most, but for those of accounts.</summary>
    public IEnumerable<NameRoom> Rooms(EngineWorkspace workspace) =>
        partitions
            .SelectMany(partition => partition.Shares[workspace.Number].Population.NameRooms)
            .GroupBy(room => room.Kind)
            .Select(rooms => rooms.MaxBy(room => room.Used));

    /// <summary>What models and settings use.</summary>
    public UsedNames UsedBy(EngineWorkspace workspace) => new(workspace.Settings, models.List(workspace.Number));

    private static List<NameUse> OfAccounts(AccountShelf accounts, ref int most)
    {
        var holders = new Dictionary<string, long>(StringComparer.Ordinal);
        for (var row = 0; row < accounts.Count; row++)
        {
            var attributes = accounts[row].Attributes;
            most = Math.Max(most, attributes.Count);
            foreach (var (key, _) in attributes)
            {
                holders[key] = holders.GetValueOrDefault(key) + 1;
            }
        }
        return [.. holders.Select(h => new NameUse(new(NameKind.AccountAttribute, h.Key), null, h.Value, []))];
    }

    private static NameUse Merge(NameUse first, NameUse second) =>
        first with
        {
            Holders = first.Holders + second.Holders,
            LastDay = (first.LastDay ?? second.LastDay) is { } day ? Math.Max(day, second.LastDay ?? day) : null,
        };
}
