using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Reading;

/// <summary><c>scoring segment</c>: statistics of a segment, or of several side by side.</summary>
internal static class SegmentCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var filters = new Argument<string[]>("filter")
        {
            Description = "Who: key = \"value\" joined by AND. None means everyone, several are shown side by side.",
            HelpName = "FILTER",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var top = new Option<int>("--top") { Description = "Highest-scored customers to list.", HelpName = "N" };
        var bottom = new Option<int>("--bottom") { Description = "Lowest-scored customers to list.", HelpName = "N" };
        var withoutChurned = new Option<bool>("--without-churned")
        {
            Description = "Leave churned customers out of the lowest-scored ones: list whom one can still keep.",
        };
        var events = new Option<bool>("--events") { Description = "Add up the segment's events by type." };
        var command = connection.AddReadingTo(
            new Command("segment", "Tell what is true of a segment: distribution, bands, activity.")
            {
                filters,
                top,
                bottom,
                withoutChurned,
                events,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var wanted = parsed.GetValue(filters) is { Length: > 0 } given ? given : [""];
                var answers = new List<(string Filter, SegmentStats Stats)>();
                foreach (var filter in wanted)
                {
                    var request = new GetSegmentStatsRequest
                    {
                        Workspace = connection.WorkspaceOf(parsed),
                        Model = connection.ModelOf(parsed).Name,
                        ModelVersion = connection.ModelOf(parsed).Version,
                        Filter = filter,
                        ReadTime = connection.ReadTimeOf(parsed),
                        TopCount = parsed.GetValue(top),
                        BottomCount = parsed.GetValue(bottom),
                        BottomWithoutChurned = parsed.GetValue(withoutChurned),
                        IncludeEventTotals = parsed.GetValue(events),
                    };
                    answers.Add((filter, await client.Scoring.GetSegmentStatsAsync(request, cancellationToken: token)));
                }

                if (connection.Json(parsed))
                {
                    if (answers is [var one])
                    {
                        screen.WriteJson(one.Stats);
                    }
                    else
                    {
                        screen.WriteJson(answers.Select(answer => answer.Stats));
                    }

                    return 0;
                }

                var palette = await Palette.ReadAsync(
                    client,
                    connection.WorkspaceOf(parsed),
                    answers[0].Stats.ModelName,
                    answers[0].Stats.ModelVersion,
                    token
                );
                if (answers is [var only])
                {
                    SegmentView.Show(screen.Output, only.Filter, only.Stats, palette);
                }
                else
                {
                    SegmentView.ShowSideBySide(screen.Output, "Segment", answers, palette);
                }

                return 0;
            }
        );
        return command;
    }
}
