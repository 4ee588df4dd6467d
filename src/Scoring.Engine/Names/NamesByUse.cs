using Scoring.Core;
using Scoring.Core.Names;
using Scoring.Engine.Partitions;

namespace Scoring.Engine.Names;

/// <summary>Gathers the names of a workspace over partitions, and what is known of each.</summary>
internal sealed class NamesByUse
{
    private readonly Dictionary<KnownName, NameUse> _names = [];
    private readonly Dictionary<NameKind, NameRoom> _rooms = [];

    public NamesByUse() => Add(new NameRoom(NameKind.AccountAttribute, 0, Limits.Attributes));

    public IReadOnlyList<NameUse> All => [.. _names.Values];

    /// <summary>How much of the room is taken in the partition that has most; of accounts, by the one that has most.</summary>
    public IReadOnlyList<NameRoom> Rooms => [.. _rooms.Values];

    /// <summary>Adds those of a partition, which is entered.</summary>
    public void Add(WorkspaceShare share)
    {
        foreach (var use in share.Population.Names)
        {
            Add(use);
        }
        foreach (var room in share.Population.NameRooms)
        {
            Add(room);
        }
        foreach (var account in share.Accounts.All)
        {
            var attributes = account.Attributes;
            Add(new NameRoom(NameKind.AccountAttribute, attributes.Count, Limits.Attributes));
            foreach (var (key, _) in attributes)
            {
                Add(new NameUse(new(NameKind.AccountAttribute, key), null, 1, []));
            }
        }
    }

    /// <summary>Adds what is known of a name elsewhere.</summary>
    public void Add(NameUse use) =>
        _names[use.Name] = _names.TryGetValue(use.Name, out var other) ? Merge(use, other) : use;

    /// <summary>Adds how much room is taken elsewhere.</summary>
    public void Add(NameRoom room) =>
        _rooms[room.Kind] = _rooms.TryGetValue(room.Kind, out var other) && other.Used >= room.Used ? other : room;

    /// <summary>Adds the names that models and settings use, also where nothing of them was received yet; gives all, with what uses them.</summary>
    public NameList ToList(UsedNames used)
    {
        foreach (var name in used.All)
        {
            _names.TryAdd(name, new NameUse(name, LastDay: null, name.Kind == NameKind.Feature ? null : 0, []));
        }
        return new(
            [
                .. _names
                    .Values.Select(use => use with { UsedBy = used.UsersOf(use.Name) })
                    .OrderBy(use => use.Name.Kind)
                    .ThenBy(use => use.Name.Name, StringComparer.Ordinal),
            ],
            [.. _rooms.Values.OrderBy(room => room.Kind)]
        );
    }

    private static NameUse Merge(NameUse first, NameUse second) =>
        first with
        {
            Holders = first.Holders + second.Holders,
            LastDay = (first.LastDay ?? second.LastDay) is { } day ? Math.Max(day, second.LastDay ?? day) : null,
        };
}
