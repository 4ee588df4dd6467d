using System.Runtime.InteropServices;

namespace Scoring.Engine.Archive;

/// <summary>The names of files that are merged, under common numbers; accounts those of one customer.</summary>
internal sealed class MergedNames : IArchiveNames
{
    private const int Removed = -2;
    private readonly NameNumbers _types = new();
    private readonly NameNumbers _features = new();
    private readonly AccountNumbers _accounts = new();
    private readonly int[][] _typesOf;
    private readonly int[][] _featuresOf;
    private readonly IReadOnlyList<Removal> _removals;

    /// <param name="inputs">The indexes of the files.</param>
    /// <param name="removals">By input, what was removed.</param>
    public MergedNames(IReadOnlyList<ArchiveIndex> inputs, IReadOnlyList<Removal> removals)
    {
        _removals = removals;
        _typesOf = [.. inputs.Zip(removals, (of, removed) => NumbersOf(of.EventTypes, _types, removed.HasEventType))];
        _featuresOf = [.. inputs.Zip(removals, (of, removed) => NumbersOf(of.Features, _features, removed.HasFeature))];
    }

    /// <inheritdoc/>
    public string EventType(int number) => _types.Names[number];

    /// <inheritdoc/>
    public string Feature(int number) => _features.Names[number];

    /// <inheritdoc/>
    public string Account(int number) => _accounts.Ids[number];

    /// <summary>Forgets the accounts of the customer before.</summary>
    public void BeginCustomer() => _accounts.Clear();

    /// <summary>Adds the events of one file that stay, under the common numbers.</summary>
    public void Add(int input, ArchiveCursor customer, List<ArchivedEvent> target)
    {
        var (types, features) = (_typesOf[input], _featuresOf[input]);
        var before = target.Count;
        foreach (ref readonly var item in customer.Events)
        {
            if (types[item.Type] == Removed)
            {
                continue;
            }
            var feature = item.Feature < 0 ? item.Feature : features[item.Feature];
            target.Add(item with { Type = types[item.Type], Feature = Math.Max(feature, ArchivedEvent.NoName) });
        }
        var added = CollectionsMarshal.AsSpan(target)[before..];
        _accounts.Renumber(added, customer.Names);
        if (_removals[input].IsEmpty)
        {
            return;
        }
        foreach (ref var item in added)
        {
            var isGone = item.Account >= 0 && _removals[input].HasAccount(Account(item.Account));
            item = isGone ? item with { Account = ArchivedEvent.NoName } : item;
        }
    }

    private static int[] NumbersOf(IReadOnlyList<string> names, NameNumbers numbers, Func<string, bool> isRemoved) =>
        [.. names.Select(name => isRemoved(name) ? Removed : numbers.NumberOf(name))];
}
