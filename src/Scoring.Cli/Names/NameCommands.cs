using System.CommandLine;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Names;

/// <summary><c>scoring names list|prune</c>.</summary>
internal static class NameCommands
{
    // The names of NameKind but its first, which stands for all of them.
    private static readonly string[] Kinds =
    [
        .. System.Enum.GetNames<NameKind>().Skip(1).Select(JsonNamingPolicy.KebabCaseLower.ConvertName),
    ];

    public static Command Create(Screen screen, ConnectionOptions connection) =>
        new("names", "See which names take up room, and remove those that nothing uses.")
        {
            List(screen, connection),
            Prune(screen, connection),
        };

    private static Command List(Screen screen, ConnectionOptions connection)
    {
        var kind = KindOption();
        var command = connection.AddTo(
            new Command(
                "list",
                "List event types, features and attribute keys: when each was last received, who has it, which models and settings use it, and how "
                    + "much room is left. A workspace takes 1,000 event types, 1,000 features and 64 attribute keys of customers that no model or "
                    + "setting uses; what is used has room always."
            )
            {
                kind,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var all = new ListNamesResponse();
                do
                {
                    var request = new ListNamesRequest
                    {
                        Workspace = connection.WorkspaceOf(parsed),
                        Kind = KindOf(parsed.GetValue(kind)),
                        PageToken = all.NextPageToken,
                    };
                    var page = await client.Models.ListNamesAsync(request, cancellationToken: token);
                    all.Names.AddRange(page.Names);
                    all.Rooms.Clear();
                    all.Rooms.AddRange(page.Rooms);
                    all.NextPageToken = page.NextPageToken;
                } while (all.NextPageToken.Length > 0);

                screen.Write(all, connection.Json(parsed), console => NameView.ShowList(console, all));
            }
        );
        return command;
    }

    private static Command Prune(Screen screen, ConnectionOptions connection)
    {
        var names = new Argument<string[]>("names")
        {
            Description =
                "Which names; '*' stands for any characters. Without any: all event types and features that no model or setting uses and that were "
                + "not received for a while. Attribute keys are only removed by name.",
            HelpName = "NAME",
            Arity = ArgumentArity.ZeroOrMore,
        };
        var kind = KindOption();
        var days = new Option<int?>("--unused-for")
        {
            Description = "Only names that were last received so many days ago; 30 unless names are given.",
            HelpName = "DAYS",
        };
        var dryRun = new Option<bool>("--dry-run") { Description = "Only show what would be removed." };
        var command = connection.AddTo(
            new Command(
                "prune",
                "Remove names that nothing uses, so that there is room for others. What customers and accounts have under them goes too: counts of "
                    + "event types, use of features, values of attributes. Scores stay as they are, and what a model or setting uses is kept."
            )
            {
                names,
                kind,
                days,
                dryRun,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new PruneNamesRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Kind = KindOf(parsed.GetValue(kind)),
                    ValidateOnly = parsed.GetValue(dryRun),
                };
                request.Names.Add(parsed.GetValue(names) ?? []);
                if (parsed.GetValue(days) is { } unused)
                {
                    request.UnusedFor = Duration.FromTimeSpan(TimeSpan.FromDays(unused));
                }
                var answer = await client.Models.PruneNamesAsync(request, cancellationToken: token);
                screen.Write(answer, connection.Json(parsed), console => NameView.ShowPruned(console, answer, request));
            }
        );
        return command;
    }

    private static Option<string?> KindOption()
    {
        var option = new Option<string?>("--kind")
        {
            Description = $"Only names of one kind: {string.Join(", ", Kinds.SkipLast(1))} or {Kinds[^1]}.",
            HelpName = "KIND",
        };
        return option.AcceptOnlyFromAmong(Kinds);
    }

    private static NameKind KindOf(string? kind) => (NameKind)(Array.IndexOf(Kinds, kind) + 1);
}
