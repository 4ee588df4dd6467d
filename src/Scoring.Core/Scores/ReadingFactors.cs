using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>What the columns of a model are read by at one instant.</summary>
internal sealed class ReadingFactors
{
    private readonly double[] _ofSums;
    private readonly double[] _ofColumns;
    private readonly short[] _leastRatios;

    /// <param name="model">The model.</param>
    /// <param name="readTime">The instant.</param>
    /// <param name="ofSums">For each sum of the schema, what it is multiplied by to be read at the instant.</param>
    public ReadingFactors(CompiledModel model, Instant readTime, double[] ofSums)
    {
        ReadTime = readTime;
        _ofSums = ofSums;
        _ofColumns = [.. model.SumsUsed.ToArray().Select(sum => ofSums[sum])];
        _leastRatios = [.. model.SumsLimited.ToArray().Select(sum => LimitRatio.Least(ofSums[sum]))];
    }

    /// <summary>The instant.</summary>
    public Instant ReadTime { get; }

    /// <summary>For each sum of the schema, what it is multiplied by to be read at the instant.</summary>
    public ReadOnlySpan<double> OfSums => _ofSums;

    /// <summary>The same for each column.</summary>
    public ReadOnlySpan<double> OfColumns => _ofColumns;

    /// <summary>For each ratio the least with which the columns hold at the instant.</summary>
    public ReadOnlySpan<short> LeastRatios => _leastRatios;
}
