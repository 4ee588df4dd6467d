using Scoring.Core.Filters;
using Scoring.Core.Names;
using Scoring.Core.Segments;

namespace Scoring.Core.Populations;

/// <summary>Tells of a filter that matches nobody which clauses no customer meets, and what was perhaps meant by them.</summary>
public static class FilterHints
{
    /// <summary>
    /// Most values that are looked at for one filter, all clauses together. Where there are more, others are still found that are written in
    /// lower case, in upper case or with a capital at the start.
    /// </summary>
    public const int MostValues = 10_000;

    /// <summary>The hints, by place of the clause.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="populations">All customers; nobody writes to them meanwhile.</param>
    public static IReadOnlyList<FilterHint> Find(Filter filter, IReadOnlyCollection<Population> populations)
    {
        var keys = populations.SelectMany(population => population.AttributeKeys).Distinct().ToList();
        var hints = new List<FilterHint>();
        var left = MostValues;
        foreach (var test in filter.Condition.Tests())
        {
            switch (test)
            {
                case Condition.TextTest { Field: TextField.Attribute, Test: TextOperator.Equals, Place: >= 0 } text:
                    foreach (
                        var value in text.Values.Where(value => !populations.Any(p => p.HasValue(text.Key, value)))
                    )
                    {
                        hints.Add(OfValue(text.Place, text.Key, value, keys, populations, ref left));
                    }
                    break;
                case Condition.TextTest { Field: TextField.Attribute, Place: >= 0 } text:
                    hints.AddRange(OfName(text.Place, text.Key, keys, FilterFields.BuiltIn));
                    break;
                case Condition.NumberTest { Place: >= 0, Field: NumberField.Attribute } number:
                    hints.AddRange(OfName(number.Place, number.Key, keys, FilterFields.BuiltIn));
                    break;
                case Condition.NumberTest { Place: >= 0 } number:
                    hints.AddRange(OfName(number.Place, number.Key, Distinct(p => p.EventTypes), []));
                    break;
                case Condition.AgeTest { Place: >= 0 } age:
                    hints.AddRange(OfName(age.Place, age.EventType, Distinct(p => p.EventTypes), []));
                    break;
                case Condition.Used { Place: >= 0 } used:
                    hints.AddRange(OfName(used.Place, used.Feature, Distinct(p => p.Features), []));
                    break;
            }
        }
        return hints;

        List<string> Distinct(Func<Population, IEnumerable<string>> names) =>
            [.. populations.SelectMany(names).Distinct()];
    }

    /// <summary>The hints of customers of whom each answer tells of some: of clauses that none of all meets.</summary>
    /// <param name="answers">What <see cref="Find"/> gave for each share of the customers.</param>
    public static IReadOnlyList<FilterHint> Merge(IReadOnlyList<IReadOnlyList<FilterHint>> answers) =>
        answers is [var only]
            ? only
            :
            [
                .. answers
                    .SelectMany(hints => hints)
                    .GroupBy(hint => (hint.Clause, hint.Value))
                    .Where(hints => hints.Count() == answers.Count)
                    .OrderBy(hints => hints.Key.Clause)
                    .Select(hints => Merge([.. hints])),
            ];

    private static FilterHint OfValue(
        int place,
        string key,
        string value,
        List<string> keys,
        IReadOnlyCollection<Population> populations,
        ref int left
    )
    {
        var isKnown = keys.Contains(key, StringComparer.Ordinal);
        var nearKeys = NearNames(key, isKnown ? [] : keys, FilterFields.BuiltIn);
        var meant = isKnown ? key : nearKeys.Nearest;
        var nearValues = meant is null ? [] : NearestValues(meant, value, populations, ref left);
        return new(place, key, value, isKnown, isKnown ? [] : nearKeys.Found, nearValues);
    }

    /// <summary>The hint of a name without a value; none where it is known.</summary>
    private static IEnumerable<FilterHint> OfName(
        int place,
        string name,
        List<string> known,
        IEnumerable<string> builtIn
    ) =>
        known.Contains(name, StringComparer.Ordinal)
            ? []
            : [new(place, name, "", KeyKnown: false, NearNames(name, known, builtIn).Found, [])];

    /// <summary>The nearest names; of those that there are always only such as are really near.</summary>
    private static NearestTexts NearNames(string name, List<string> known, IEnumerable<string> builtIn) =>
        new(name, new NearestTexts(name, builtIn).Nearest is { } near ? [.. known, near] : known);

    private static FilterHint Merge(FilterHint[] hints)
    {
        var (first, isKnown) = (hints[0], hints.Any(hint => hint.KeyKnown));
        var keys = isKnown ? [] : hints.SelectMany(hint => hint.SuggestedKeys).Distinct();
        // Where some know the key, values of others are those of another key.
        var near = hints.Where(hint => isKnown ? hint.KeyKnown : hint.SuggestedKeys.Count > 0).ToList();
        // Without suggestions the value is there.
        var values = near.Exists(hint => hint.SuggestedValues.Count == 0)
            ? []
            : near.SelectMany(h => h.SuggestedValues);
        return first with
        {
            KeyKnown = isKnown,
            SuggestedKeys = new NearestTexts(first.Key, keys).Found,
            SuggestedValues = new NearestTexts(first.Value, values.Distinct()).Found,
        };
    }

    private static IReadOnlyList<string> NearestValues(
        string key,
        string given,
        IReadOnlyCollection<Population> populations,
        ref int left
    )
    {
        if (populations.Any(population => population.HasValue(key, given)))
        {
            return [];
        }
        var values = populations.SelectMany(population => population.ValuesOf(key)).Take(left).ToList();
        left -= values.Count;
        return new NearestTexts(
            given,
            values.Concat(Cases(given).Where(text => populations.Any(population => population.HasValue(key, text))))
        ).Found;
    }

    private static IEnumerable<string> Cases(string text) =>
        text.Length == 0
            ? []
            :
            [
                text.ToLowerInvariant(),
                text.ToUpperInvariant(),
                text[..1].ToUpperInvariant() + text[1..].ToLowerInvariant(),
            ];
}
