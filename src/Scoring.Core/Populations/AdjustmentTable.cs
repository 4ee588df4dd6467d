using System.Runtime.InteropServices;
using Scoring.Core.Adjustments;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>The adjustments of the customers of a population, of which few have any: the others take up nothing.</summary>
internal sealed class AdjustmentTable
{
    private const int WordRows = 64;

    private readonly Dictionary<int, IReadOnlyList<ScoreAdjustment>> _ofRows = [];

    // By model and group of 64 rows a bit for each row that has one.
    private readonly Dictionary<string, Dictionary<int, ulong>> _rowsOf = new(StringComparer.Ordinal);

    /// <summary>The rows that have any, and theirs.</summary>
    public IEnumerable<KeyValuePair<int, IReadOnlyList<ScoreAdjustment>>> All => _ofRows;

    /// <summary>The adjustments of a row, by model (ordinal); some may have expired.</summary>
    public IReadOnlyList<ScoreAdjustment> Of(int row) => _ofRows.GetValueOrDefault(row, []);

    /// <summary>The adjustment that a row has for a model at an instant; null for none.</summary>
    public ScoreAdjustment? Find(int row, string model, Instant instant) =>
        _ofRows.TryGetValue(row, out var adjustments)
            ? adjustments.FirstOrDefault(adjustment => adjustment.Model == model && adjustment.HoldsAt(instant))
            : null;

    /// <summary>The rows that have an adjustment for a model, which may have expired: a bit for each, by row / 64; null for none.</summary>
    public IReadOnlyDictionary<int, ulong>? RowsOf(string model) => _rowsOf.GetValueOrDefault(model);

    /// <summary>Puts the adjustments of a row in the place of those it had.</summary>
    /// <param name="row">The row.</param>
    /// <param name="adjustments">Its adjustments, by model (ordinal), each of another one.</param>
    public void Set(int row, IReadOnlyList<ScoreAdjustment> adjustments)
    {
        foreach (var adjustment in Of(row))
        {
            ClearBit(row, adjustment.Model);
        }
        _ofRows.Remove(row);
        if (adjustments.Count == 0)
        {
            return;
        }
        _ofRows.Add(row, adjustments);
        foreach (var adjustment in adjustments)
        {
            ref var words = ref CollectionsMarshal.GetValueRefOrAddDefault(_rowsOf, adjustment.Model, out _);
            CollectionsMarshal.GetValueRefOrAddDefault(words ??= [], row / WordRows, out _) |= BitOf(row);
        }
    }

    private void ClearBit(int row, string model)
    {
        var words = _rowsOf[model];
        var left = words[row / WordRows] & ~BitOf(row);
        if (left != 0)
        {
            words[row / WordRows] = left;
        }
        else if (words.Remove(row / WordRows) && words.Count == 0)
        {
            _rowsOf.Remove(model);
        }
    }

    private static ulong BitOf(int row) => 1UL << (row % WordRows);
}
