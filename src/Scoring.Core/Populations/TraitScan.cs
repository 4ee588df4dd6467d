using Scoring.Core.Facts;
using Scoring.Core.Segments;

namespace Scoring.Core.Populations;

/// <summary>Counts which selected rows of a population have had events of which types, used which features, and have which values of attributes.</summary>
/// <remarks>An attribute of more than 255 values in a population names customers rather than telling groups of them apart, and is left out.</remarks>
/// <param name="schema">The schema.</param>
/// <param name="facts">The facts.</param>
/// <param name="attributes">The attributes.</param>
/// <param name="selection">The rows.</param>
internal sealed class TraitScan(FactsSchema schema, FactsTable facts, AttributeTable attributes, RowSelection selection)
{
    private readonly long[] _types = new long[schema.EventTypes.Count];
    private readonly long[] _features = new long[schema.Features.Count];
    private readonly (string Key, AttributeColumn Column, long[] Holders)[] _values =
    [
        .. attributes
            .Keys.Select(key => (Key: key, Column: attributes.Find(key)!))
            .Where(attribute => attribute.Column.IsNarrow)
            .Select(attribute => (attribute.Key, attribute.Column, new long[attribute.Column.Values.End])),
    ];

    /// <summary>Scans all rows.</summary>
    /// <param name="tally">Gets what is counted.</param>
    /// <param name="side">Which of the two segments they are.</param>
    public void Run(TraitTally tally, int side)
    {
        Span<ulong> selected = stackalloc ulong[RowSelection.Words];
        Span<int> room = stackalloc int[RowSelection.Words * 64];
        for (var chunk = 0; chunk < selection.Chunks; chunk++)
        {
            selection.Select(chunk, selected);
            var rows = RowTest.RowsOf(chunk, selected, room);
            tally.AddCustomers(side, rows.Length);
            for (var i = 0; i < rows.Length; i++)
            {
                facts.PrefetchAhead(rows, i);
                Count(rows[i]);
            }
        }
        tally.Note(selection.NewestEvent);
        AddAll(tally, side);
        GC.KeepAlive(this);
    }

    private void Count(int row)
    {
        var known = facts[row];
        foreach (var series in known.Series)
        {
            _types[series.EventType]++;
        }
        foreach (var word in known.Features)
        {
            _features[new FeatureUse(word).Feature]++;
        }
        foreach (var (_, column, holders) in _values)
        {
            holders[column.NumberOf(row)]++;
        }
    }

    private void AddAll(TraitTally tally, int side)
    {
        for (var type = 0; type < _types.Length; type++)
        {
            Add(TraitKind.EventType, _types[type], () => schema.EventTypes[type]);
        }
        for (var feature = 0; feature < _features.Length; feature++)
        {
            Add(TraitKind.Feature, _features[feature], () => schema.Features[feature]);
        }
        foreach (var key in attributes.Keys.Where(key => !attributes.Find(key)!.IsNarrow))
        {
            tally.LeaveOut(key);
        }
        foreach (var (key, column, holders) in _values)
        {
            // 0 stands for no value.
            for (var value = 1; value < holders.Length; value++)
            {
                Add(TraitKind.Attribute, holders[value], () => key, () => column.Values[value]!);
            }
        }

        void Add(TraitKind kind, long holders, Func<string> name, Func<string>? value = null)
        {
            if (holders > 0)
            {
                tally.Add(side, new(kind, name(), value?.Invoke() ?? ""), holders);
            }
        }
    }
}
