using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Segments;

/// <summary><c>scoring segments put|get|list|history|movers|explain|leavers|delete</c>.</summary>
internal static class SavedSegmentCommands
{
    private const int PageSize = 1_000;

    public static Command Create(Screen screen, ConnectionOptions connection) =>
        new(
            "segments",
            "Keep segments by name: put, get, list, delete. A filter names one with in_segment(\"NAME\"). And show the history of a segment, saved or not, whose scores moved most in it, why its mean did, and who will leave a band."
        )
        {
            Put(screen, connection),
            Get(screen, connection),
            List(screen, connection),
            SegmentHistoryCommand.Create(screen, connection),
            MoversCommand.Create(screen, connection),
            ExplainSegmentCommand.Create(screen, connection),
            LeaversCommand.Create(screen, connection),
            Delete(screen, connection),
        };

    private static Command Put(Screen screen, ConnectionOptions connection)
    {
        var name = NameArgument();
        var filter = new Argument<string>("filter")
        {
            Description = "Who belongs to it, for example: plan = trial AND NOT last_event < 7d",
            HelpName = "FILTER",
        };
        var description = new Option<string>("--description")
        {
            Description = "What it is for, for people.",
            HelpName = "TEXT",
        };
        var etag = EtagOption(
            "Replace it only if it is still as it was read: the etag that 'segments get --json' gave."
        );
        var command = connection.AddTo(
            new Command("put", "Add a saved segment or replace one. It keeps the filter, not who belongs to it.")
            {
                name,
                filter,
                description,
                etag,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new PutSegmentRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Segment = new Segment
                    {
                        Name = parsed.GetRequiredValue(name),
                        Filter = parsed.GetRequiredValue(filter),
                        Description = parsed.GetValue(description) ?? "",
                        Etag = parsed.GetValue(etag) ?? "",
                    },
                };
                var stored = await client.Segments.PutSegmentAsync(request, cancellationToken: token);
                screen.Write(stored, connection.Json(parsed), console => SavedSegmentView.Show(console, stored));
            }
        );
        return command;
    }

    private static Command Get(Screen screen, ConnectionOptions connection)
    {
        var name = NameArgument();
        var command = connection.AddTo(new Command("get", "Show a saved segment.") { name });
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new GetSegmentRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Name = parsed.GetRequiredValue(name),
                };
                var segment = await client.Segments.GetSegmentAsync(request, cancellationToken: token);
                screen.Write(segment, connection.Json(parsed), console => SavedSegmentView.Show(console, segment));
            }
        );
        return command;
    }

    private static Command List(Screen screen, ConnectionOptions connection)
    {
        var command = connection.AddTo(new Command("list", "List the saved segments."));
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var list = await Pages.ReadAsync(
                    new ListSegmentsRequest { Workspace = connection.WorkspaceOf(parsed), PageSize = PageSize },
                    request => client.Segments.ListSegmentsAsync(request, cancellationToken: token)
                );

                screen.Write(
                    list,
                    connection.Json(parsed),
                    console => SavedSegmentView.ShowList(console, list.Segments)
                );
            }
        );
        return command;
    }

    private static Command Delete(Screen screen, ConnectionOptions connection)
    {
        var name = NameArgument();
        var etag = EtagOption("Delete it only if it is still as it was read.");
        var command = connection.AddTo(
            new Command("delete", "Delete a saved segment that no other uses.") { name, etag }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new DeleteSegmentRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Name = parsed.GetRequiredValue(name),
                    Etag = parsed.GetValue(etag) ?? "",
                };
                await client.Segments.DeleteSegmentAsync(request, cancellationToken: token);
                screen.Output.MarkupLineInterpolated($"{request.Name} is deleted.");
            }
        );
        return command;
    }

    private static Argument<string> NameArgument() =>
        new("name") { Description = "The segment's name.", HelpName = "NAME" };

    private static Option<string> EtagOption(string description) =>
        new("--etag") { Description = description, HelpName = "ETAG" };
}
