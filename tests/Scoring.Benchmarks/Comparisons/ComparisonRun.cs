using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>What a comparison works with.</summary>
/// <param name="Options">How much of it.</param>
/// <param name="Report">Takes the figures.</param>
/// <param name="Workplace">Owns the processes and folders; cleared away when the comparison is over.</param>
internal sealed record ComparisonRun(ComparisonOptions Options, Report Report, Workplace Workplace)
{
    /// <summary>Tells those who wait.</summary>
    public static void Say(string what) => Console.Error.WriteLine(what);
}
