using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Audit;

/// <summary><c>scoring audit</c>: who changed what.</summary>
internal static class AuditCommand
{
    private const int LargestPage = 1_000;
    private const int ShownUnlessSet = 100;

    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var workspace = new Option<string>("--workspace", "-w")
        {
            Description =
                "Only what was changed in this workspace; all unless given, for which you must be admin of all.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "",
        };
        var limit = new Option<int>("--limit", "-n")
        {
            Description = "Most entries to show.",
            HelpName = "N",
            DefaultValueFactory = _ => ShownUnlessSet,
        };
        ConnectionOptions.Require(limit, number => number >= 1, "must be at least 1");
        var command = connection.AddServerAndJsonTo(
            new Command(
                "audit",
                "Show who changed what, when and from where, the newest first. For admins. An entry is written before what it tells is done; a change that "
                    + "then failed has another one that says why."
            )
            {
                workspace,
                limit,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var wanted = parsed.GetValue(limit);
                var list = await Pages.ReadAsync(
                    new ListAuditEntriesRequest
                    {
                        Workspace = parsed.GetValue(workspace) ?? "",
                        PageSize = LargestPage,
                    },
                    request => client.Admin.ListAuditEntriesAsync(request, cancellationToken: token),
                    all => wanted - all.Entries.Count
                );

                screen.Write(list, connection.Json(parsed), console => AuditView.Show(console, list.Entries));
                if (list.NextPageToken.Length > 0)
                {
                    screen.Error.MarkupLineInterpolated(
                        $"There are older entries than these {Words.Count(list.Entries.Count)}: see more with --limit."
                    );
                }
            }
        );
        return command;
    }
}
