using System.Collections.Frozen;
using Scoring.Benchmarks.Comparisons.Cluster;
using Scoring.Benchmarks.Comparisons.Hello;
using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Postgres;
using Scoring.Benchmarks.Comparisons.Processes;
using Scoring.Benchmarks.Comparisons.Reads;
using Scoring.Benchmarks.Comparisons.Redis;
using Scoring.Benchmarks.Comparisons.Unary;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>Measures whole processes against each other, in one run, pair by pair: a machine drifts by more than what is measured.</summary>
internal static class Comparison
{
    private static readonly FrozenDictionary<string, Func<ComparisonRun, Task>> All = new Dictionary<
        string,
        Func<ComparisonRun, Task>
    >(StringComparer.Ordinal)
    {
        ["echo"] = EchoComparison.RunAsync,
        ["ingest"] = IngestComparison.RunAsync,
        ["scale"] = ScaleComparison.RunAsync,
        ["redis"] = RedisComparison.RunAsync,
        ["postgres"] = PostgresComparison.RunAsync,
        ["unary"] = UnaryComparison.RunAsync,
        ["checkpoint"] = CheckpointComparison.RunAsync,
        ["reads"] = ReadComparison.RunAsync,
        ["hello"] = HelloComparison.RunAsync,
        ["cluster"] = ClusterComparison.RunAsync,
        ["restart"] = ClusterComparison.RunRestartAsync,
        ["keys"] = KeyComparison.RunAsync,
        ["build"] = BuildComparison.RunAsync,
    }.ToFrozenDictionary(StringComparer.Ordinal);

    /// <summary>Runs comparisons and prints their table.</summary>
    /// <param name="arguments">Which ones, all if none is named, and options.</param>
    /// <returns>The exit code: 0, or 2 when the arguments are no good, 1 when a comparison failed.</returns>
    public static async Task<int> RunAsync(string[] arguments)
    {
        if (arguments.Any(argument => argument is "--help" or "-h"))
        {
            Console.WriteLine(ComparisonOptions.Usage);
            return 0;
        }

        ComparisonOptions options;
        try
        {
            options = ComparisonOptions.Parse(arguments);
            if (options.Names.Except(All.Keys).FirstOrDefault() is { } unknown)
            {
                throw new FormatException($"There is no comparison '{unknown}'.\n\n{ComparisonOptions.Usage}");
            }
        }
        catch (FormatException error)
        {
            await Console.Error.WriteLineAsync(error.Message);
            return 2;
        }

        return await RunAsync(options, $"tests/bench/run.sh {string.Join(' ', arguments)}".TrimEnd()) ? 0 : 1;
    }

    /// <summary>One that fails does not take the figures of the others with it.</summary>
    private static async Task<bool> RunAsync(ComparisonOptions options, string command)
    {
        var good = true;
        var report = new Report(await Machine.DescribeAsync(command));
        foreach (var name in options.Names.Count > 0 ? options.Names : ComparisonOptions.Order)
        {
            using var workplace = new Workplace();
            try
            {
                await All[name](new ComparisonRun(options, report, workplace));
            }
            catch (Exception) when (workplace.IsInterrupted)
            {
                // What was killed is no failure; the process is about to end.
                await Task.Delay(Timeout.Infinite);
            }
            catch (Exception error)
            {
                good = false;
                await Console.Error.WriteLineAsync($"{name} failed: {error}");
            }
        }

        await report.WriteAsync(Console.Out, options.JsonFile);
        return good;
    }
}
