using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary>What becomes of a customer's score, on the screen: a sentence for each change of band, and what keeps it in one.</summary>
internal static class ForecastView
{
    /// <param name="console">Where to.</param>
    /// <param name="projection">What becomes of it.</param>
    /// <param name="palette">The bands of its model.</param>
    public static void Show(IAnsiConsole console, ScoreProjection projection, Palette palette)
    {
        var current = projection.Current;
        console.MarkupLine($"[bold]{Markup.Escape(current.CustomerId)}[/]");
        console.MarkupLine(
            $"{Words.Score(current.Score)} {BandOf(current.Band)} now, by {Markup.Escape(current.ModelName)} v{current.ModelVersion}"
        );
        if (projection.Crossings.Count == 0)
        {
            console.MarkupLine($"stays {BandOf(current.Band)} until {DayOf(projection.Until)} if nothing more happens");
        }

        var before = current.Band;
        foreach (var crossing in projection.Crossings)
        {
            var verb = palette.PlaceOf(crossing.Band) < palette.PlaceOf(before) ? "falls" : "rises";
            console.MarkupLine(
                $"{verb} to {BandOf(crossing.Band)} on {DayOf(crossing.Time)}, {Until(crossing.Time, current.ReadTime)}, if nothing more happens"
            );
            before = crossing.Band;
        }
        if (projection.Keeping is { } keeping)
        {
            Show(console, keeping, BandOf(keeping.Band));
        }

        string BandOf(string band) => $"[{palette.ColorOf(band)}]'{Markup.Escape(palette.TitleOf(band))}'[/]";
    }

    private static void Show(IAnsiConsole console, BandKeeping keeping, string band)
    {
        var stays = $"at least {band} until {DayOf(keeping.Until)}";
        if (keeping.Options.Count == 0)
        {
            console.MarkupLine(
                keeping.Kept ? $"stays {stays} without any event" : $"no event type keeps it {stays} alone"
            );
            return;
        }
        console.WriteLine();
        console.MarkupLine($"stays {stays} with one of these, if they happen now");
        Tables.WriteFitted(
            console,
            [new Column("event type", IsText: true), new Column("events"), new Column("score then")],
            [
                .. keeping.Options.Select(option =>
                    (string[])
                        [Markup.Escape(option.EventType), Words.Count(option.EventCount), Words.Score(option.Score)]
                ),
            ]
        );
    }

    private static string DayOf(Timestamp time) =>
        time.ToDateTime().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>How long it is until then: in days, or in hours where these are few.</summary>
    private static string Until(Timestamp time, Timestamp now)
    {
        var left = time.ToDateTime() - now.ToDateTime();
        return left switch
        {
            { TotalHours: < 1 } => "in less than an hour",
            { TotalDays: < 2 } => $"in {Words.Count((long)left.TotalHours, "hour")}",
            _ => $"in {Words.Count((long)left.TotalDays, "day")}",
        };
    }
}
