namespace Scoring.Core.Facts;

/// <summary>What the facts of many customers share: the half-lives, and the numbers of event types and features.</summary>
/// <param name="halfLives">The half-lives that decayed quantities are kept for, rising.</param>
public sealed class FactsSchema(IReadOnlyList<HalfLife> halfLives)
{
    private readonly HalfLife[] _halfLives = [.. halfLives];

    /// <summary>The half-lives that decayed quantities are kept for, rising.</summary>
    public ReadOnlySpan<HalfLife> HalfLives => _halfLives;

    /// <summary>For each half-life the stretch of time that events fall into at the moment; for the use of <see cref="FactsView"/>.</summary>
    internal DecayCell[] Cells { get; } = [.. halfLives.Select(halfLife => new DecayCell(halfLife))];

    /// <summary>Sums of one series: the lifetime quantity, then one for each half-life.</summary>
    public int SumsPerSeries => 1 + _halfLives.Length;

    /// <summary>Event types.</summary>
    public SymbolTable EventTypes { get; internal set; } = new();

    /// <summary>Features.</summary>
    public SymbolTable Features { get; internal set; } = new();

    /// <summary>Place of a half-life among a series' sums: 0 for the lifetime quantity; -1 when it is not kept.</summary>
    public int SumOf(int halfLifeDays) =>
        halfLifeDays == 0 ? 0
        : 1 + Array.FindIndex(_halfLives, h => h.Days == halfLifeDays) is var sum and > 0 ? sum
        : -1;
}
