namespace Scoring.Engine.Duplicates;

/// <summary>How long event ids are remembered.</summary>
/// <param name="Age">Ids younger than this stay, up to <paramref name="Maximum"/>.</param>
/// <param name="Minimum">As many of the newest ids stay whatever their age; at least 1.</param>
/// <param name="Maximum">Never more than this; the bound of memory.</param>
internal readonly record struct WindowBounds(TimeSpan Age, int Minimum, int Maximum);
