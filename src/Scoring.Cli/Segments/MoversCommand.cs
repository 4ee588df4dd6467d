using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Segments;

/// <summary><c>scoring segments movers</c>: whose scores moved most in a segment.</summary>
internal static class MoversCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var segment = new SegmentArguments();
        var count = new Option<int>("--count")
        {
            Description = "How many of those who rose, and of those who fell, 1 to 100; 10 unless given.",
            HelpName = "N",
        };
        ConnectionOptions.Require(count, n => n >= 1, "must be at least 1");
        var command = segment.AddTo(
            new Command(
                "movers",
                "Show whose scores rose and fell most in a segment between two instants, and why: of those who belonged to it at the second."
            )
        );
        command.Add(count);
        connection.AddPastTo(command);
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new ListMoversRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    Segment = segment.NameOf(parsed),
                    Filter = segment.FilterOf(parsed),
                    StartTime = segment.FromOf(parsed),
                    EndTime = segment.ToOf(parsed),
                    KnownAt = segment.KnownAtOf(parsed),
                    Count = parsed.GetValue(count),
                };
                var movers = await client.History.ListMoversAsync(request, cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(movers);
                    return;
                }

                var palette = await Palette.ReadAsync(
                    client,
                    request.Workspace,
                    movers.ModelName,
                    movers.ModelVersion,
                    token
                );
                MoversView.Show(screen.Output, request, movers, palette);
            }
        );
        return command;
    }
}
