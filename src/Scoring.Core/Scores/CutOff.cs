namespace Scoring.Core.Scores;

/// <summary>Points that do not come from a term, but from a limit.</summary>
/// <param name="By">What limits.</param>
/// <param name="Dimension">Name of the dimension whose cap it is; empty otherwise.</param>
/// <param name="Points">What is added: below 0 where more was cut off.</param>
public sealed record CutOff(LimitKind By, string Dimension, double Points);
