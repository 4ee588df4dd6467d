namespace Scoring.Cli.Simulation;

/// <summary>What to simulate. The same settings give the same events, ids included.</summary>
/// <param name="Customers">Number of customers, at least 1.</param>
/// <param name="Days">Number of UTC days, the last one being that of <paramref name="Until"/>.</param>
/// <param name="Seed">Which of many populations.</param>
/// <param name="Until">No event is later.</param>
internal sealed record SimulationSettings(int Customers, int Days, ulong Seed, DateTimeOffset Until)
{
    /// <summary>Midnight of the first day.</summary>
    public DateTimeOffset From => new(Until.UtcDateTime.Date.AddDays(1 - Days), TimeSpan.Zero);
}
