using System.Numerics;
using System.Runtime.InteropServices;
using Scoring.Core.Lifecycles;
using Scoring.Core.Models;
using Scoring.Core.Segments;

namespace Scoring.Core.Populations;

/// <summary>Adds selected rows of a population to the groups that they belong to by the values of their attributes.</summary>
/// <param name="facts">The facts.</param>
/// <param name="lifecycles">The marks of lifecycles.</param>
/// <param name="settings">Those of the workspace.</param>
/// <param name="model">The model.</param>
/// <param name="attributes">The attributes, one or two; null for one that nobody here has.</param>
/// <param name="selection">The rows.</param>
/// <param name="scores">Their scores.</param>
/// <param name="today">The UTC day of the read.</param>
internal sealed class GroupScan(
    FactsTable facts,
    LifecycleTable lifecycles,
    LifecycleSettings settings,
    ScoringModel model,
    AttributeColumn?[] attributes,
    RowSelection selection,
    RowScores scores,
    int today
)
{
    private const int WordRows = 64;
    private readonly int _counts = 1 + model.Bands.Count + LifecycleCount.Stages;
    private readonly ushort _inMonth = RecentDays.ActiveOn(today - Activity.MonthDays + 1);

    // By the numbers of the values: the place among the sums.
    private readonly Dictionary<(int, int), int> _places = [];
    private readonly List<Sums> _sums = [];
    private readonly List<long> _countsOfAll = [];

    /// <summary>Scans all rows.</summary>
    public void Run(GroupTally tally)
    {
        Span<ulong> selected = stackalloc ulong[RowSelection.Words];
        Span<double> some = stackalloc double[WordRows];
        for (var chunk = 0; chunk < selection.Chunks; chunk++)
        {
            selection.Select(chunk, selected);
            for (var word = 0; word < selected.Length; word++)
            {
                if (selected[word] == 0)
                {
                    continue;
                }
                var first = ((chunk * RowSelection.Words) + word) * WordRows;
                scores.Fill(first, selected[word], some);
                for (var rest = selected[word]; rest != 0; rest &= rest - 1)
                {
                    var place = BitOperations.TrailingZeroCount(rest);
                    Add(first + place, some[place]);
                }
            }
        }
        tally.Note(selection.Ahead, selection.NewestEvent);
        foreach (var ((first, second), place) in _places)
        {
            string[] values = attributes is [var only]
                ? [ValueOf(only, first)]
                : [ValueOf(attributes[0], first), ValueOf(attributes[1], second)];
            var counts = CollectionsMarshal.AsSpan(_countsOfAll).Slice(place * _counts, _counts);
            tally.Add(values, _sums[place].ToMoments(counts[^LifecycleCount.Stages..]), counts);
        }
        GC.KeepAlive(this);
    }

    private static string ValueOf(AttributeColumn? attribute, int number) => attribute?.Values[number] ?? "";

    private void Add(int row, double score)
    {
        var numbers = (attributes[0]?.NumberOf(row) ?? 0, attributes is [_, { } second] ? second.NumberOf(row) : 0);
        ref var known = ref CollectionsMarshal.GetValueRefOrAddDefault(_places, numbers, out var isKnown);
        if (!isKnown)
        {
            known = _sums.Count;
            _sums.Add(new(score));
            CollectionsMarshal.SetCount(_countsOfAll, _countsOfAll.Count + _counts);
            CollectionsMarshal.AsSpan(_countsOfAll)[^_counts..].Clear();
        }
        var place = known;
        CollectionsMarshal.AsSpan(_sums)[place].Add(score);
        var counts = CollectionsMarshal.AsSpan(_countsOfAll).Slice(place * _counts, _counts);
        var newest = facts.RecentDays.Newest[row];
        counts[0] += newest >= _inMonth ? 1 : 0;
        counts[1 + model.BandOf(score)]++;
        var stage = lifecycles[row].On(today, newest == 0 ? LifecycleMarks.Never : newest - 1, settings);
        counts[1 + model.Bands.Count + (int)stage]++;
    }

    /// <summary>Sums of distances from the first score: squares of these lose little to rounding, as those from 0 might.</summary>
    private struct Sums(double first)
    {
        private readonly double _first = first;
        private double _sum = 0;
        private double _squares = 0;
        private double _min = first;
        private double _max = first;

        public void Add(double score)
        {
            var distance = score - _first;
            _sum += distance;
            _squares += distance * distance;
            _min = Math.Min(_min, score);
            _max = Math.Max(_max, score);
        }

        /// <param name="stages">Customers in each stage, which every one is in.</param>
        public readonly Moments ToMoments(ReadOnlySpan<long> stages)
        {
            var count = 0L;
            foreach (var inStage in stages)
            {
                count += inStage;
            }
            var (aside, square) = (_sum / count, _squares / count);
            return new(
                count,
                _first + aside,
                double.IsFinite(square) ? Math.Sqrt(Math.Max(0, square - (aside * aside))) : square,
                _min,
                _max
            );
        }
    }
}
