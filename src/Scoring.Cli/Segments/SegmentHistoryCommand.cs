using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Segments;

/// <summary><c>scoring segments history</c>: what was true of a segment.</summary>
internal static class SegmentHistoryCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var segment = new SegmentArguments();
        var history = new HistoryOptions();
        var command = connection.AddPastTo(
            history.AddTo(
                segment.AddSegmentTo(
                    new Command(
                        "history",
                        "Show what was true of a segment, and how its mean score moves: of those who belonged to it then."
                    )
                )
            )
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new GetSegmentHistoryRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    Segment = segment.NameOf(parsed),
                    Filter = segment.FilterOf(parsed),
                    StartTime = history.FromOf(parsed),
                    EndTime = history.ToOf(parsed),
                    Period = history.PeriodOf(parsed),
                    KnownAt = history.KnownAtOf(parsed),
                };
                var past = await client.History.GetSegmentHistoryAsync(request, cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(past);
                    return;
                }

                var palette = await Palette.ReadAsync(
                    client,
                    request.Workspace,
                    past.ModelName,
                    past.ModelVersion,
                    token
                );
                SegmentHistoryView.Show(screen.Output, request, past, palette);
            }
        );
        return command;
    }
}
