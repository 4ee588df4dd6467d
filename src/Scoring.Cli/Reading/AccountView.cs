using System.Globalization;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Reading;

/// <summary>Accounts on the screen.</summary>
internal static class AccountView
{
    /// <summary>One account with the raw figures of its four parts.</summary>
    public static void Show(IAnsiConsole console, AccountHealth health, Palette palette)
    {
        console.MarkupLine(
            $"[bold]{Markup.Escape(health.AccountId)}[/]  health [bold]{Part(health.HasScore ? health.Score : null)}[/]  {Status(health.Status)}"
        );
        console.WriteLine();
        var table = Tables.New("Part", "0–100", "figures");
        table.Columns[2].LeftAligned();
        if (health.Frequency is { } frequency)
        {
            var perCustomer = frequency.HasActiveDaysPerActiveCustomer
                ? Words.Number(frequency.ActiveDaysPerActiveCustomer)
                : Words.Absent;
            table.AddRow(
                "frequency",
                Part(frequency.HasPartScore ? frequency.PartScore : null),
                $"{Words.Count(frequency.ActiveDayCount, "customer-day")}, {perCustomer} per active customer"
            );
        }

        if (health.Breadth is { } breadth)
        {
            table.AddRow(
                "breadth",
                Part(breadth.HasPartScore ? breadth.PartScore : null),
                $"{Words.Count(breadth.ActiveCustomerCount)} active of {(breadth.HasSeatCount ? Words.Count(breadth.SeatCount) : "an unknown number of")} seats"
            );
        }

        if (health.Depth is { } depth)
        {
            table.AddRow(
                "depth",
                Part(depth.HasPartScore ? depth.PartScore : null),
                $"{depth.UsedFeatureCount} of {depth.KeyFeatureCount} key features"
            );
        }

        if (health.Growth is { } growth)
        {
            table.AddRow(
                "growth",
                Part(growth.HasPartScore ? growth.PartScore : null),
                $"{Words.Count(growth.PreviousActiveDayCount)} → {Words.Count(growth.ActiveDayCount, "customer-day")} "
                    + $"({Change(growth)})"
            );
        }

        console.Write(table);
        console.MarkupLine(
            $"{Words.Count(health.CustomerCount, "customer")}: "
                + string.Join(
                    ", ",
                    health
                        .Bands.Where(b => b.CustomerCount > 0)
                        .Select(b =>
                            $"[{palette.ColorOf(b.Band)}]{b.CustomerCount} {Markup.Escape(palette.TitleOf(b.Band))}[/]"
                        )
                )
        );
        console.MarkupLine(
            $"[grey]{health.Window.ToTimeSpan().TotalDays:0} days up to {Words.Instant(health.ReadTime)}, {Markup.Escape(health.ModelName)} v{health.ModelVersion}[/]"
        );
    }

    /// <summary>Several accounts, a line each.</summary>
    public static void ShowTable(IAnsiConsole console, string title, IEnumerable<AccountHealth> accounts) =>
        Tables.WriteFitted(
            console,
            [
                new Column(title, IsText: true),
                new Column("name", IsText: true, Spare: 1),
                new Column("customers", Spare: 2),
                new Column("seats"),
                new Column("health"),
                new Column("frequency"),
                new Column("breadth"),
                new Column("depth"),
                new Column("growth"),
                new Column("heading", IsText: true),
            ],
            [
                .. accounts.Select(health =>
                    (string[])
                        [
                            Markup.Escape(health.AccountId),
                            Markup.Escape(health.Attributes.TryGetValue("name", out var name) ? name : ""),
                            Words.Count(health.CustomerCount),
                            health.Breadth is { HasSeatCount: true } seated
                                ? Words.Count(seated.SeatCount)
                                : Words.Absent,
                            $"[bold]{Part(health.HasScore ? health.Score : null)}[/]",
                            Part(health.Frequency is { HasPartScore: true } frequency ? frequency.PartScore : null),
                            Part(health.Breadth is { HasPartScore: true } breadth ? breadth.PartScore : null),
                            Part(health.Depth is { HasPartScore: true } depth ? depth.PartScore : null),
                            Part(health.Growth is { HasPartScore: true } growth ? growth.PartScore : null),
                            Status(health.Status),
                        ]
                ),
            ]
        );

    /// <summary>A part of the health, or all of it.</summary>
    public static string Part(double? part) =>
        part switch
        {
            null => Words.Absent,
            < 34 and var low => $"[red]{Words.Score(low)}[/]",
            > 66 and var high => $"[green]{Words.Score(high)}[/]",
            var middle => $"[yellow]{Words.Score(middle.Value)}[/]",
        };

    /// <summary>Where an account is heading.</summary>
    public static string Status(AccountStatus status) =>
        status switch
        {
            AccountStatus.Growing => "[green]▲ growing[/]",
            AccountStatus.Churning => "[red]▼ churning[/]",
            AccountStatus.Stagnating => "[yellow]● stagnating[/]",
            AccountStatus.New => "[blue]● new[/]",
            AccountStatus.NotStarted => "[grey]○ not started[/]",
            _ => Words.Absent,
        };

    private static string Change(Growth growth) =>
        growth.HasChange ? (100 * growth.Change).ToString("+0;-0;0", CultureInfo.InvariantCulture) + " %"
        : growth.ActiveDayCount > 0 ? "new"
        : Words.Absent;
}
