using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Segments;

/// <summary><c>scoring segments explain</c>: why the mean score of a segment changed.</summary>
internal static class ExplainSegmentCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var segment = new SegmentArguments();
        var command = connection.AddPastTo(
            segment.AddTo(
                new Command(
                    "explain",
                    "Show why the mean score of a segment changed between two instants: by the scores of those who stayed, and by who came and went."
                )
            )
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new ExplainSegmentChangeRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    Segment = segment.NameOf(parsed),
                    Filter = segment.FilterOf(parsed),
                    StartTime = segment.FromOf(parsed),
                    EndTime = segment.ToOf(parsed),
                    KnownAt = segment.KnownAtOf(parsed),
                };
                var change = await client.History.ExplainSegmentChangeAsync(request, cancellationToken: token);
                screen.Write(
                    change,
                    connection.Json(parsed),
                    console => SegmentChangeView.Show(console, request, change)
                );
            }
        );
        return command;
    }
}
