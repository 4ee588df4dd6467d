using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Spectre.Console;

namespace Scoring.Cli.Terminal;

/// <summary>Figures as people read them. What is absent is a dash, never 0.</summary>
internal static class Words
{
    public const string Absent = "–";

    public static string Number(double value) => value.ToString("#,0.#", CultureInfo.InvariantCulture);

    /// <summary>A figure that may be small, such as a weight.</summary>
    public static string Fine(double value) => value.ToString("#,0.###", CultureInfo.InvariantCulture);

    /// <summary>A score or a part of one: always with one decimal, so that columns of them align.</summary>
    public static string Score(double value) => value.ToString("#,0.0", CultureInfo.InvariantCulture);

    public static string Count(long value) => value.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>How many there are of what has a plural in s: "1 customer", "2,000 customers".</summary>
    public static string Count(long value, string noun) => $"{Count(value)} {noun}{(value == 1 ? "" : "s")}";

    public static string Signed(double value) => value.ToString("+#,0.0;-#,0.0;0.0", CultureInfo.InvariantCulture);

    /// <summary>A share, 0..1, as a whole percentage.</summary>
    public static string Percent0(double? share) =>
        share is { } given ? (100 * given).ToString("0", CultureInfo.InvariantCulture) + " %" : Absent;

    /// <summary>Points with their sign, as a whole number.</summary>
    public static string Points(double points) => points.ToString("+#,0;-#,0;0", CultureInfo.InvariantCulture);

    public static string Percent(double? share) =>
        share is { } given ? (100 * given).ToString("0.0", CultureInfo.InvariantCulture) + " %" : Absent;

    public static string Instant(Timestamp? instant) =>
        instant is null
            ? Absent
            : instant.ToDateTime().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + "Z";

    /// <summary>An instant of a history: nearly all lie at midnight, which need not be said.</summary>
    public static string EndOfPeriod(Timestamp time)
    {
        var utc = time.ToDateTime();
        return utc.ToString(
            utc.TimeOfDay == TimeSpan.Zero ? "yyyy-MM-dd" : "yyyy-MM-dd HH:mm:ss",
            CultureInfo.InvariantCulture
        );
    }

    /// <summary>Where a customer stands with the product.</summary>
    public static string Lifecycle(V1.Lifecycle lifecycle) =>
        lifecycle switch
        {
            V1.Lifecycle.New => "[blue]new[/]",
            V1.Lifecycle.Active => "[green]active[/]",
            V1.Lifecycle.Dormant => "[yellow]dormant[/]",
            V1.Lifecycle.Churned => "[grey]churned[/]",
            _ => Absent,
        };

    /// <summary>Rising, steady or falling, with the figure.</summary>
    public static string Momentum(double? momentum) =>
        momentum switch
        {
            null => Absent,
            > 0.1 and var m => $"[green]▲ {m.ToString("+0.00", CultureInfo.InvariantCulture)}[/]",
            < -0.1 and var m => $"[red]▼ {m.ToString("0.00", CultureInfo.InvariantCulture)}[/]",
            var m => $"[grey]● {m.Value.ToString("+0.00;-0.00;0.00", CultureInfo.InvariantCulture)}[/]",
        };

    /// <summary>An event type or feature as a few words.</summary>
    public static string Plain(string name) => Markup.Escape(name.Replace('_', ' '));

    /// <summary>A bar of block characters, in eighths of a cell.</summary>
    public static string Bar(double share, int width)
    {
        const string Eighths = " ▏▎▍▌▋▊▉";
        var eighths = (int)Math.Round(Math.Clamp(share, 0, 1) * width * 8);
        var rest = eighths % 8;
        return new string('█', eighths / 8) + (rest > 0 ? Eighths[rest].ToString() : "");
    }
}
