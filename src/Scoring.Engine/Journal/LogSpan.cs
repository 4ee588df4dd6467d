namespace Scoring.Engine.Journal;

/// <summary>Which entries of a partition the log must hold.</summary>
/// <param name="After">Those up to this number are not needed any more.</param>
/// <param name="Through">The log reaches at least as far.</param>
public readonly record struct LogSpan(long After, long Through);
