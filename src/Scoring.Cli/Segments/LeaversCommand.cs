using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Segments;

/// <summary><c>scoring segments leavers</c>: who in a segment will leave a band.</summary>
internal static class LeaversCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var segment = new SegmentArguments();
        var band = new Option<string>("--band")
        {
            Description = "Name of the band that they are in now; the model's highest unless given.",
            HelpName = "BAND",
        };
        var until = RelativeTime.Future("--until", "Up to when, at most 10 years ahead; 14 days unless given.");
        var count = new Option<int>("--count")
        {
            Description = "How many to show, 1 to 1,000; 50 unless given.",
            HelpName = "N",
        };
        ConnectionOptions.Require(count, n => n >= 1, "must be at least 1");
        var command = segment.AddSegmentTo(
            new Command(
                "leavers",
                "Show who in a segment will leave a band if nothing more happens, those first who do so first."
            )
        );
        command.Add(band);
        command.Add(until);
        command.Add(count);
        connection.AddPastTo(command);
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new ListBandLeaversRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    Segment = segment.NameOf(parsed),
                    Filter = segment.FilterOf(parsed),
                    Band = parsed.GetValue(band) ?? "",
                    Until = parsed.GetValue(until),
                    Count = parsed.GetValue(count),
                };
                var leavers = await client.History.ListBandLeaversAsync(request, cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(leavers);
                    return;
                }

                var palette = await Palette.ReadAsync(
                    client,
                    request.Workspace,
                    leavers.ModelName,
                    leavers.ModelVersion,
                    token
                );
                LeaversView.Show(screen.Output, request, leavers, palette);
            }
        );
        return command;
    }
}
