using System.Runtime.InteropServices;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.History;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Engine.Archive;

/// <summary>What was taken in since the last checkpoint, in the order in which it was, with names of its own.</summary>
internal sealed class ArchiveTail : IArchiveNames
{
    private readonly List<ArchivedEvent> _events = [];
    private readonly List<ArchivedChange> _changes = [];
    private readonly SymbolTable _types = new();
    private readonly SymbolTable _features = new();
    private readonly SymbolTable _accounts = new();

    public IReadOnlyList<ArchivedChange> Changes => _changes;

    public ReadOnlySpan<ArchivedEvent> Events => CollectionsMarshal.AsSpan(_events);

    public bool IsEmpty => _events.Count == 0 && _changes.Count == 0;

    /// <inheritdoc/>
    public string EventType(int number) => _types[number];

    /// <inheritdoc/>
    public string Feature(int number) => _features[number];

    /// <inheritdoc/>
    public string Account(int number) => _accounts[number];

    /// <summary>The second, counted from 1970, by whose end something was received.</summary>
    public static long SecondOf(Instant receivedAt)
    {
        var (seconds, rest) = Math.DivRem(receivedAt.Ticks, TimeSpan.TicksPerSecond);
        return rest > 0 ? seconds + 1 : seconds;
    }

    public void Add(int row, in EventRecord item, Instant receivedAt)
    {
        var received = SecondOf(receivedAt);
        _events.Add(
            new(
                row,
                _types.InternOften(item.Type),
                item.Feature.IsEmpty ? ArchivedEvent.NoName : _features.InternOften(item.Feature),
                item.AccountId.IsEmpty ? ArchivedEvent.NoName : _accounts.InternOften(item.AccountId),
                item.OccurredAt ?? receivedAt,
                received,
                item.Value
            )
            {
                KnownBefore = item.KnownAt is { } knownAt ? Math.Max(0, received - SecondOf(knownAt)) : 0,
            }
        );
    }

    /// <summary>Adds an event of another place.</summary>
    public void Add(int row, in PastEvent item) =>
        _events.Add(
            new(
                row,
                _types.Intern(Encoding.UTF8.GetBytes(item.EventType)),
                item.Feature.Length == 0
                    ? ArchivedEvent.NoName
                    : _features.Intern(Encoding.UTF8.GetBytes(item.Feature)),
                item.AccountId.Length == 0
                    ? ArchivedEvent.NoName
                    : _accounts.Intern(Encoding.UTF8.GetBytes(item.AccountId)),
                item.OccurredAt,
                SecondOf(item.ReceivedAt),
                item.Value
            )
            {
                KnownBefore = item.KnownBefore.Ticks / TimeSpan.TicksPerSecond,
            }
        );

    public void Add(int row, ChangeKind kind, Instant receivedAt, ReadOnlyMemory<byte> content) =>
        _changes.Add(new(row, kind, receivedAt, content));

    /// <summary>Adds what another one holds, behind what is here.</summary>
    public void Add(ArchiveTail other) => Add(other, _ => true);

    /// <summary>Adds what another one holds of some rows, behind what is here.</summary>
    /// <param name="other">The other one.</param>
    /// <param name="isWanted">Whether a row is one of them.</param>
    public void Add(ArchiveTail other, Func<int, bool> isWanted)
    {
        _changes.AddRange(other._changes.Where(change => isWanted(change.Row)));
        foreach (var item in other._events.Where(item => isWanted(item.Row)))
        {
            _events.Add(
                item with
                {
                    Type = _types.Intern(other._types.Utf8(item.Type)),
                    Feature =
                        item.Feature < 0 ? ArchivedEvent.NoName : _features.Intern(other._features.Utf8(item.Feature)),
                    Account =
                        item.Account < 0 ? ArchivedEvent.NoName : _accounts.Intern(other._accounts.Utf8(item.Account)),
                }
            );
        }
    }

    /// <summary>Removes what a deleted customer did.</summary>
    public void Remove(int row)
    {
        _events.RemoveAll(item => item.Row == row);
        _changes.RemoveAll(change => change.Row == row);
    }

    /// <summary>Removes what was removed from everybody.</summary>
    public void Remove(Removal removed)
    {
        _events.RemoveAll(item => removed.HasEventType(EventType(item.Type)));
        foreach (ref var item in CollectionsMarshal.AsSpan(_events))
        {
            var isFeatureGone = item.Feature >= 0 && removed.HasFeature(Feature(item.Feature));
            var isAccountGone = item.Account >= 0 && removed.HasAccount(Account(item.Account));
            item = item with
            {
                Feature = isFeatureGone ? ArchivedEvent.NoName : item.Feature,
                Account = isAccountGone ? ArchivedEvent.NoName : item.Account,
            };
        }
        List<ArchivedChange> changes =
        [
            .. _changes.GroupBy(change => change.Row).SelectMany(ofOne => removed.Filter(ofOne)),
        ];
        _changes.Clear();
        _changes.AddRange(changes);
    }
}
