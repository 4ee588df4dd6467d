using Google.Protobuf.Collections;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Models;

/// <summary>A preview of a model on the screen.</summary>
internal static class ModelPreviewView
{
    private const int MostReasons = 3;

    public static void Show(
        IAnsiConsole console,
        PreviewScoringModelResponse preview,
        IReadOnlyList<string> segments,
        Palette current,
        Palette candidate
    )
    {
        if (preview.Current.CustomerCount == 0)
        {
            console.MarkupLine("[grey]Nobody matches, so there is nothing to compare.[/]");
            return;
        }

        ShowFigures(console, "Scores", preview.Current, preview.Candidate);
        ShowMigrations(console, preview.Migrations, current, candidate);
        ShowMoves(console, "Rise most", preview.Risen, current, candidate);
        ShowMoves(console, "Fall most", preview.Fallen, current, candidate);
        foreach (var (name, segment) in segments.Zip(preview.Segments))
        {
            ShowFigures(console, name, segment.Current, segment.Candidate);
            ShowMigrations(console, segment.Migrations, current, candidate);
        }

        console.MarkupLine(
            $"[grey]{Markup.Escape(preview.Current.ModelName)} v{preview.Current.ModelVersion} at {Words.Instant(preview.Current.ReadTime)}; nothing was changed[/]"
        );
    }

    private static void ShowFigures(IAnsiConsole console, string title, SegmentStats current, SegmentStats candidate)
    {
        var table = Tables.New(title, "customers", "mean", "±", "p5", "median", "p95", "engaged");
        Add("now", current);
        Add(candidate.ModelVersion == 0 ? "with the file" : $"with {candidate.ModelName}", candidate);
        console.Write(table);

        void Add(string name, SegmentStats stats) =>
            table.AddRow(
                name,
                Words.Count(stats.CustomerCount),
                Words.Score(stats.Mean),
                Words.Score(stats.StandardDeviation),
                At(stats, 5),
                At(stats, 50),
                At(stats, 95),
                Words.Percent(stats.EngagementIndex?.Engaged / 100)
            );

        static string At(SegmentStats stats, double percentile) =>
            stats.Percentiles.FirstOrDefault(p => p.Percentile_.Equals(percentile)) is { } found
                ? Words.Score(found.Score)
                : Words.Absent;
    }

    private static void ShowMigrations(
        IAnsiConsole console,
        IReadOnlyCollection<BandMigration> migrations,
        Palette current,
        Palette candidate
    )
    {
        string[] bands = [.. candidate.Bands.Select(band => band.Name)];
        var table = Tables.New(["From \\ to", .. bands.Select(candidate.TitleOf)]);
        foreach (var column in table.Columns.Skip(1))
        {
            column.NoWrap = false;
        }

        var inUse = migrations.Select(migration => migration.FromBand).ToHashSet(StringComparer.Ordinal);
        foreach (var from in current.Bands.Select(band => band.Name).Where(inUse.Contains))
        {
            table.AddRow([
                $"[{current.ColorOf(from)}]{Markup.Escape(current.TitleOf(from))}[/]",
                .. bands.Select(to =>
                    migrations.FirstOrDefault(m => m.FromBand == from && m.ToBand == to) is { } found
                        ? Words.Count(found.CustomerCount)
                        : Words.Absent
                ),
            ]);
        }

        console.Write(table);
    }

    private static void ShowMoves(
        IAnsiConsole console,
        string title,
        RepeatedField<ScoreMove> moves,
        Palette current,
        Palette candidate
    )
    {
        if (moves.Count == 0)
        {
            return;
        }

        var table = Tables.New(title, "now", "then", "mostly because of (points of score)");
        table.Columns[3].LeftAligned();
        table.Columns[3].NoWrap = false;
        foreach (var move in moves)
        {
            table.AddRow(
                Markup.Escape(move.Current.CustomerId),
                Words.Score(move.Current.Score),
                Words.Score(move.Candidate.Score),
                Why(PartsOf(move.Current, current), PartsOf(move.Candidate, candidate))
            );
        }

        console.Write(table);
    }

    /// <summary>What each thing that counts adds to the score by either model, and how that differs: the largest differences.</summary>
    private static string Why(Dictionary<string, double> before, Dictionary<string, double> after)
    {
        var differences = before
            .Keys.Union(after.Keys)
            .Select(type => (Type: type, Points: after.GetValueOrDefault(type) - before.GetValueOrDefault(type)))
            .Where(part => Math.Abs(part.Points) >= 0.05)
            .OrderByDescending(part => Math.Abs(part.Points))
            .Take(MostReasons);
        return string.Join(", ", differences.Select(part => $"{Words.Plain(part.Type)} {Words.Signed(part.Points)}"));
    }

    /// <summary>Points of score by what counts.</summary>
    private static Dictionary<string, double> PartsOf(CustomerScore score, Palette palette) =>
        score
            .Contributions.GroupBy(TermText.NameOf)
            .ToDictionary(type => type.Key, type => palette.PointWorth * type.Sum(part => part.Points));
}
