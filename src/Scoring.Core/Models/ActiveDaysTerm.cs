namespace Scoring.Core.Models;

/// <summary>On how many of the last UTC days the customer was active, that of the read being the last of them.</summary>
/// <param name="WindowDays">How many days are looked at, 1 to <see cref="Limits.ActiveDaysWindow"/>.</param>
/// <param name="Weight">Points per unit of quantity.</param>
/// <param name="Cap">The most of the quantity that counts; null means no limit.</param>
public sealed record ActiveDaysTerm(int WindowDays, double Weight, double? Cap = null) : Term(Weight, Cap);
