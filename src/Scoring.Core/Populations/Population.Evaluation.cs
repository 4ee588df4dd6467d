using System.Numerics;
using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

// What evaluations of models ask for.
public sealed partial class Population
{
    /// <summary>Scores the customers that pass a filter by some models, which need not be stored.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="by">The model that the filter is read by.</param>
    /// <param name="models">The models to score by.</param>
    /// <param name="readTime">The instant; that it is not before <see cref="NewestEvent"/> is the caller's to see to.</param>
    /// <param name="take">Gets each row, and its score by each model; it keeps nothing of the latter.</param>
    public void ScoreBy(
        Filter filter,
        ScoringModel by,
        IReadOnlyList<ScoringModel> models,
        Instant readTime,
        Action<int, double[]> take
    ) =>
        Scan(
            [filter],
            readTime,
            (by, readTime, null),
            (_, _, selections) => ScoreBy(selections[0], [.. models.Select(model => ScoresBy(model, readTime))], take)
        );

    /// <summary>Whether a customer has events of a type.</summary>
    public bool HasEvents(int row, string eventType)
    {
        var has = _schema.EventTypes.Find(eventType) is var type and >= 0 && _facts[row].Has(type);
        GC.KeepAlive(this);
        return has;
    }

    /// <summary>The value of a customer's attribute; empty when it has none.</summary>
    public string AttributeOf(int row, string key) => _attributes.ValueOf(row, key);

    /// <summary>Scores by a model that is compiled for that alone: nothing is kept of it.</summary>
    private RowScores ScoresBy(ScoringModel model, Instant readTime)
    {
        var columns = new ModelColumns(new CompiledModel(model, _schema), _schema, _attributes);
        columns.MoveTo(NewestEvent);
        return new(_facts, columns, _adjustments, readTime);
    }

    private static void ScoreBy(RowSelection selection, RowScores[] models, Action<int, double[]> take)
    {
        const int WordRows = 64;
        Span<ulong> selected = stackalloc ulong[RowSelection.Words];
        var scores = new double[models.Length][];
        for (var model = 0; model < models.Length; model++)
        {
            scores[model] = new double[WordRows];
        }
        var ofRow = new double[models.Length];
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
                for (var model = 0; model < models.Length; model++)
                {
                    models[model].Fill(first, selected[word], scores[model]);
                }
                for (var rest = selected[word]; rest != 0; rest &= rest - 1)
                {
                    var place = BitOperations.TrailingZeroCount(rest);
                    for (var model = 0; model < models.Length; model++)
                    {
                        ofRow[model] = scores[model][place];
                    }
                    take(first + place, ofRow);
                }
            }
        }
    }
}
