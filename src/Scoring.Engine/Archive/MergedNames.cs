using System.Runtime.InteropServices;
using Scoring.Core.Names;

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

    /// <param name="inputs">The indexes of the files.</param>
    /// <param name="isRemoved">Whether a name was removed, by input.</param>
    public MergedNames(IReadOnlyList<ArchiveIndex> inputs, Func<int, KnownName, bool> isRemoved)
    {
        _typesOf = [.. inputs.Select((input, i) => NumbersOf(i, NameKind.EventType, input.EventTypes, _types))];
        _featuresOf = [.. inputs.Select((input, i) => NumbersOf(i, NameKind.Feature, input.Features, _features))];
        AnyRemoved = _typesOf.Concat(_featuresOf).Any(numbers => numbers.Contains(Removed));

        int[] NumbersOf(int input, NameKind kind, IReadOnlyList<string> names, NameNumbers numbers) =>
            [.. names.Select(name => isRemoved(input, new(kind, name)) ? Removed : numbers.NumberOf(name))];
    }

    /// <summary>Whether any name of a file was removed.</summary>
    public bool AnyRemoved { get; }

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
        _accounts.Renumber(CollectionsMarshal.AsSpan(target)[before..], customer.Names);
    }
}
