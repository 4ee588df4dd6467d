namespace Scoring.Cli.Terminal;

/// <summary>A column of a table that is fitted to the terminal.</summary>
/// <param name="Title">Its title; a line break where it is longer than what stands below it.</param>
/// <param name="IsText">Whether it holds text, to the left, and no figures, to the right.</param>
/// <param name="Wraps">Whether long text goes on in the next line.</param>
/// <param name="Spare">Whether a narrow terminal may do without it; those that are spared first have 1. 0 is never left out.</param>
internal sealed record Column(string Title, bool IsText = false, bool Wraps = false, int Spare = 0);
