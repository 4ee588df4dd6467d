using System.Collections.Frozen;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>Measures whole processes against each other, in one run, pair by pair: a machine drifts by more than what is measured.</summary>
internal static class Comparison
{
    private static readonly FrozenDictionary<string, Func<Report, Task>> All = new Dictionary<
        string,
        Func<Report, Task>
    >(StringComparer.Ordinal)
    {
        ["echo"] = EchoComparison.RunAsync,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Runs comparisons and prints their table.</summary>
    /// <param name="names">Which ones; all if none is named.</param>
    public static async Task RunAsync(string[] names)
    {
        if (names.Except(All.Keys).FirstOrDefault() is { } unknown)
        {
            throw new ArgumentException(
                $"There is no comparison '{unknown}'; there are {string.Join(", ", All.Keys.Order())}.",
                nameof(names)
            );
        }

        var report = new Report();
        foreach (var name in names.Length > 0 ? names : [.. All.Keys])
        {
            await All[name](report);
        }

        await report.WriteAsync(Console.Out);
    }
}
