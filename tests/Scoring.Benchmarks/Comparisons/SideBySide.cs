using System.Text;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>Figures of several things that do the same, a column for each.</summary>
internal sealed class SideBySide
{
    private readonly List<Line> _lines = [];

    /// <summary>The lines, in the order in which they were first written.</summary>
    public IReadOnlyList<Line> Lines => _lines;

    /// <summary>Takes a figure down, and says it at once: a run that is broken off has not been for nothing.</summary>
    /// <param name="column">What was measured.</param>
    /// <param name="subject">Which of its figures.</param>
    /// <param name="unit">Of the figure, such as <c>ms</c>.</param>
    /// <param name="figure">The figure.</param>
    public void Add(string column, string subject, string unit, double figure)
    {
        var line = _lines.Find(line => line.Subject == subject);
        if (line is null)
        {
            _lines.Add(line = new Line(subject, unit, []));
        }

        line.Figures.Add(column, figure);
        ComparisonRun.Say($"{column}: {subject}: {Comparisons.Figures.Text(figure)} {unit}");
    }

    public override string ToString()
    {
        var columns = _lines.SelectMany(line => line.Figures.Keys).Distinct(StringComparer.Ordinal).ToList();
        var text = new StringBuilder($"| what | {string.Join(" | ", columns)} |\n| --- |");
        columns.ForEach(_ => text.Append(" --- |"));
        foreach (var line in _lines)
        {
            var figures = columns.Select(column =>
                line.Figures.TryGetValue(column, out var figure) ? Figures.Text(figure) : ""
            );
            text.Append($"\n| {line.Subject}, {line.Unit} | {string.Join(" | ", figures)} |");
        }

        return text.ToString();
    }

    /// <param name="Subject">What was measured.</param>
    /// <param name="Unit">Of the figures.</param>
    /// <param name="Figures">The figure of each column; one may be missing.</param>
    internal sealed record Line(string Subject, string Unit, Dictionary<string, double> Figures);
}
