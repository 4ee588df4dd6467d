using System.Globalization;
using System.Runtime.InteropServices;
using System.Text.Json;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>What was measured, as a table in Markdown and as JSON beside it.</summary>
internal sealed class Report
{
    private const string JsonFile = "comparison.json";

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly List<Row> _rows = [];

    /// <summary>Takes down what pairs of runs gave.</summary>
    /// <param name="subject">What was measured.</param>
    /// <param name="unit">Of both figures, such as <c>requests/s</c>.</param>
    /// <param name="against">What it was measured against.</param>
    /// <param name="goal">The ratio to reach.</param>
    /// <param name="pairs">Each run with the one beside it.</param>
    public void Add(
        string subject,
        string unit,
        string against,
        double goal,
        IReadOnlyList<(double Measured, double Reference)> pairs
    ) =>
        _rows.Add(
            new Row(
                subject,
                unit,
                against,
                Median(pairs.Select(pair => pair.Measured)),
                Median(pairs.Select(pair => pair.Reference)),
                Median(pairs.Select(pair => pair.Measured / pair.Reference)),
                goal,
                [.. pairs.Select(pair => new Pair(pair.Measured, pair.Reference))]
            )
        );

    public async Task WriteAsync(TextWriter output)
    {
        await output.WriteLineAsync(
            $"{RuntimeInformation.OSDescription}, {Environment.ProcessorCount} cores, {RuntimeInformation.FrameworkDescription}"
        );
        await output.WriteLineAsync();
        await output.WriteLineAsync("| what | measured | against | it measured | ratio, median (from - to) | goal |");
        await output.WriteLineAsync("| --- | --- | --- | --- | --- | --- |");
        foreach (var row in _rows)
        {
            var ratios = row.Pairs.Select(pair => pair.Measured / pair.Reference).ToList();
            await output.WriteLineAsync(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"| {row.Subject} | {row.Measured:N0} {row.Unit} | {row.Against} | {row.Reference:N0} {row.Unit} | {row.Ratio:0.00} ({ratios.Min():0.00} - {ratios.Max():0.00}) | {row.Goal} |"
                )
            );
        }

        await File.WriteAllTextAsync(JsonFile, JsonSerializer.Serialize(_rows, Json));
        await output.WriteLineAsync();
        await output.WriteLineAsync($"Every run is in {JsonFile}.");
    }

    private static double Median(IEnumerable<double> values)
    {
        var sorted = values.Order().ToArray();
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    private sealed record Row(
        string Subject,
        string Unit,
        string Against,
        double Measured,
        double Reference,
        double Ratio,
        double Goal,
        IReadOnlyList<Pair> Pairs
    );

    private sealed record Pair(double Measured, double Reference);
}
