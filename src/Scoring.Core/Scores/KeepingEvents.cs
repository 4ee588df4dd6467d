namespace Scoring.Core.Scores;

/// <summary>Events of one type that keep a score where it is wanted.</summary>
/// <param name="EventType">The type.</param>
/// <param name="Count">How many it takes, from 1; one less would not do.</param>
/// <param name="Score">The score at the end with so many.</param>
public readonly record struct KeepingEvents(string EventType, int Count, double Score);
