using System.Globalization;
using System.Text.Json;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>What was measured, as a table in Markdown and as JSON beside it.</summary>
/// <param name="head">Where and with what, by name.</param>
internal sealed class Report(IReadOnlyList<KeyValuePair<string, string>> head)
{
    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly List<Row> _rows = [];

    /// <summary>Takes down what runs gave.</summary>
    /// <param name="subject">What was measured.</param>
    /// <param name="unit">Of the figures, such as <c>ms</c>.</param>
    /// <param name="goal">The bound that the median is to keep; null if there is none.</param>
    /// <param name="runs">The figures.</param>
    public void Add(string subject, string unit, Goal? goal, params IReadOnlyList<double> runs) =>
        Add(new Row(subject, unit, null, goal, [.. runs.Select(run => new Run(run, null))]));

    /// <summary>Takes down what pairs of runs gave.</summary>
    /// <param name="subject">What was measured.</param>
    /// <param name="unit">Of both figures, such as <c>requests/s</c>.</param>
    /// <param name="reference">What it was measured against.</param>
    /// <param name="goal">The bound that the median ratio is to keep; null if there is none.</param>
    /// <param name="pairs">Each run with the one beside it.</param>
    public void Add(
        string subject,
        string unit,
        string reference,
        Goal? goal,
        IReadOnlyList<(double Measured, double Reference)> pairs
    ) => Add(new Row(subject, unit, reference, goal, [.. pairs.Select(p => new Run(p.Measured, p.Reference))]));

    /// <summary>Prints the table and writes the file.</summary>
    public async Task WriteAsync(TextWriter output, string jsonFile)
    {
        foreach (var (name, value) in head)
        {
            await output.WriteLineAsync($"- {name}: {value}");
        }

        if (_rows.Count > 0)
        {
            await output.WriteLineAsync();
            await output.WriteLineAsync(
                "| what | measured (median) | reference | ratio, median (from - to) | goal | met |"
            );
            await output.WriteLineAsync("| --- | --- | --- | --- | --- | --- |");
            foreach (var row in _rows)
            {
                await output.WriteLineAsync(row.ToString());
            }
        }

        await File.WriteAllTextAsync(
            jsonFile,
            JsonSerializer.Serialize(
                new { Head = head.ToDictionary(line => line.Key, line => line.Value), Rows = _rows },
                Json
            )
        );
        await output.WriteLineAsync();
        await output.WriteLineAsync($"Every run is in {jsonFile}.");
    }

    /// <summary>Said at once too: a run that is broken off has not been for nothing.</summary>
    private void Add(Row row)
    {
        _rows.Add(row);
        ComparisonRun.Say(row.ToString());
    }

    private sealed record Run(double Measured, double? Reference)
    {
        public double? Ratio => Measured / Reference;
    }

    private sealed record Row(string Subject, string Unit, string? Against, Goal? Goal, IReadOnlyList<Run> Runs)
    {
        public double Measured => Figures.Median(Runs.Select(run => run.Measured));

        public double? Reference => Against is null ? null : Figures.Median(Runs.Select(run => run.Reference!.Value));

        public double? Ratio => Against is null ? null : Figures.Median(Runs.Select(run => run.Ratio!.Value));

        public bool? Met => Goal?.IsMetBy(Ratio ?? Measured);

        public override string ToString()
        {
            var reference = Against is null ? "" : $"{Against}: {Figures.Text(Reference!.Value)} {Unit}";
            var ratio = Against is null
                ? ""
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"{Ratio:0.00} ({Runs.Min(run => run.Ratio):0.00} - {Runs.Max(run => run.Ratio):0.00})"
                );
            var met =
                Met is not { } kept ? ""
                : kept ? "yes"
                : "no";
            return $"| {Subject} | {Figures.Text(Measured)} {Unit} | {reference} | {ratio} | {Goal} | {met} |";
        }
    }
}
