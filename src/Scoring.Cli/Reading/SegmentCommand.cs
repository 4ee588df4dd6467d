using System.CommandLine;
using Google.Protobuf;
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
            Description = $"{FilterArgument.Who} None means everyone, several are shown side by side.",
            HelpName = "FILTER",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var top = new Option<int>("--top") { Description = "Highest-scored customers to list.", HelpName = "N" };
        var bottom = new Option<int>("--bottom") { Description = "Lowest-scored customers to list.", HelpName = "N" };
        var withoutChurned = new Option<bool>("--without-churned")
        {
            Description =
                "Leave churned customers, and new ones in their tenure grace, out of the lowest-scored ones: list who is at risk and can still be kept.",
        };
        var events = new Option<bool>("--events") { Description = "Add up the segment's events by type." };
        var by = new Option<string[]>("--by")
        {
            Description = "Attribute to group by, the largest groups first; once or twice.",
            HelpName = "KEY",
        };
        var groups = new Option<int>("--groups")
        {
            Description = "How many of the largest groups to show; the others are summed up. 20 unless given.",
            HelpName = "N",
        };
        var contrast = new Option<bool>("--contrast")
        {
            Description =
                "Tell what tells two segments apart: what more customers of the first have than of the second, or fewer.",
        };
        var command = connection.AddReadingTo(
            new Command(
                "segment",
                "Tell what is true of a segment: distribution, bands, activity. --by groups it; several segments are compared; --contrast tells what tells two apart."
            )
            {
                by,
                groups,
                contrast,
                filters,
                top,
                bottom,
                withoutChurned,
                events,
            }
        );
        command.Validators.Add(result =>
        {
            var several = result.GetValue(filters) is { Length: > 1 };
            var byGroup = result.GetValue(by) is { Length: > 0 };
            if ((several || byGroup) && Given(top, bottom, withoutChurned, events))
            {
                result.AddError(
                    "--top, --bottom, --without-churned and --events go with one filter, and not with --by."
                );
            }
            else if (byGroup && several)
            {
                result.AddError("--by goes with one filter.");
            }
            else if (Given(contrast) && (byGroup || result.GetValue(filters) is not { Length: 2 }))
            {
                result.AddError("--contrast goes with two filters, and not with --by.");
            }
            else if (!byGroup && Given(groups))
            {
                result.AddError("--groups goes with --by.");
            }

            bool Given(params Option[] options) => options.Any(o => result.GetResult(o) is { Implicit: false });
        });
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var wanted = parsed.GetValue(filters) is { Length: > 0 } given ? given : [""];
                if (parsed.GetValue(by) is { Length: > 0 } keys)
                {
                    var request = new GroupSegmentStatsRequest
                    {
                        Workspace = connection.WorkspaceOf(parsed),
                        Model = connection.ModelOf(parsed).Name,
                        ModelVersion = connection.ModelOf(parsed).Version,
                        Filter = wanted[0],
                        ReadTime = connection.ReadTimeOf(parsed),
                        By = { keys },
                        GroupCount = parsed.GetValue(groups),
                    };
                    var answer = await client.Segments.GroupSegmentStatsAsync(request, cancellationToken: token);
                    if (answer.CustomerCount == 0 && !connection.Json(parsed))
                    {
                        await EmptySegment.ShowAsync(
                            screen.Output,
                            client,
                            new GetSegmentStatsRequest
                            {
                                Workspace = request.Workspace,
                                Model = request.Model,
                                ModelVersion = request.ModelVersion,
                                Filter = request.Filter,
                            },
                            token
                        );
                        return;
                    }

                    screen.Write(answer, connection.Json(parsed), console => GroupView.Show(console, keys, answer));
                }
                else if (parsed.GetValue(contrast))
                {
                    var request = new ContrastSegmentsRequest
                    {
                        Workspace = connection.WorkspaceOf(parsed),
                        Model = connection.ModelOf(parsed).Name,
                        ModelVersion = connection.ModelOf(parsed).Version,
                        Segment = new SegmentChoice { Filter = wanted[0] },
                        Other = new SegmentChoice { Filter = wanted[1] },
                        ReadTime = connection.ReadTimeOf(parsed),
                    };
                    var answer = await client.Segments.ContrastSegmentsAsync(request, cancellationToken: token);
                    screen.Write(answer, connection.Json(parsed), console => ContrastView.Show(console, answer));
                }
                else if (wanted is [var only])
                {
                    var request = new GetSegmentStatsRequest
                    {
                        Workspace = connection.WorkspaceOf(parsed),
                        Model = connection.ModelOf(parsed).Name,
                        ModelVersion = connection.ModelOf(parsed).Version,
                        Filter = only,
                        ReadTime = connection.ReadTimeOf(parsed),
                        TopCount = parsed.GetValue(top),
                        BottomCount = parsed.GetValue(bottom),
                        BottomWithoutChurned = parsed.GetValue(withoutChurned),
                        IncludeEventTotals = parsed.GetValue(events),
                    };
                    var stats = await client.Scoring.GetSegmentStatsAsync(request, cancellationToken: token);
                    await ShowAsync(
                        stats,
                        (stats.ModelName, stats.ModelVersion),
                        palette => SegmentView.Show(screen.Output, only, stats, palette)
                    );
                }
                else
                {
                    var request = new CompareSegmentsRequest
                    {
                        Workspace = connection.WorkspaceOf(parsed),
                        Model = connection.ModelOf(parsed).Name,
                        ModelVersion = connection.ModelOf(parsed).Version,
                        ReadTime = connection.ReadTimeOf(parsed),
                        Segments = { wanted.Select(filter => new SegmentChoice { Filter = filter }) },
                    };
                    var answer = await client.Segments.CompareSegmentsAsync(request, cancellationToken: token);
                    await ShowAsync(
                        answer,
                        (answer.Segments[0].Stats.ModelName, answer.Segments[0].Stats.ModelVersion),
                        palette => SegmentView.ShowSideBySide(screen.Output, [.. wanted.Zip(answer.Segments)], palette)
                    );
                }

                async Task ShowAsync(IMessage answer, (string Name, int Version) model, Action<Palette> show)
                {
                    if (connection.Json(parsed))
                    {
                        screen.WriteJson(answer);
                        return;
                    }

                    show(
                        await Palette.ReadAsync(
                            client,
                            connection.WorkspaceOf(parsed),
                            model.Name,
                            model.Version,
                            token
                        )
                    );
                }
            }
        );
        return command;
    }
}
