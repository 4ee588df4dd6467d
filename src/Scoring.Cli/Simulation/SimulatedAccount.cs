namespace Scoring.Cli.Simulation;

/// <summary>
/// A company whose people are simulated. Its mood is how they fare together: -1 is on its way out, 1 spreads the product through
/// the house.
/// </summary>
internal sealed record SimulatedAccount(
    string Id,
    string Name,
    string Plan,
    string Country,
    string Industry,
    int Seats,
    double Mood
);
