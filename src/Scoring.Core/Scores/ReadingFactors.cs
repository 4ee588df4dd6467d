using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>What the columns of a model are read by at one instant.</summary>
/// <param name="model">The model.</param>
/// <param name="readTime">The instant.</param>
/// <param name="ofSums">For each sum of the schema, what it is multiplied by to be read at the instant.</param>
internal sealed class ReadingFactors(CompiledModel model, Instant readTime, double[] ofSums)
{
    /// <summary>The instant.</summary>
    public Instant ReadTime => readTime;

    /// <summary>For each sum of the schema, what it is multiplied by to be read at the instant.</summary>
    public double[] OfSums => ofSums;

    /// <summary>The same for each column.</summary>
    public double[] OfColumns { get; } = Array.ConvertAll(model.SumsUsed, sum => ofSums[sum]);

    /// <summary>For each bound of columns the least with which they hold at the instant.</summary>
    public short[] LeastBounds { get; } =
    [.. Enumerable.Range(0, model.Bounds).Select(bound => model.LeastBound(bound, ofSums, readTime))];
}
