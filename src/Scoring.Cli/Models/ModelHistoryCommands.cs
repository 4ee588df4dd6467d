using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Core.Models;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Models;

/// <summary><c>scoring model versions|rollback|adopt|delete</c>.</summary>
internal static class ModelHistoryCommands
{
    public static Command Versions(Screen screen, ConnectionOptions connection)
    {
        var name = new Argument<string>("name")
        {
            Description = "The model; the workspace's default unless given.",
            HelpName = "NAME",
            DefaultValueFactory = _ => "",
        };
        var command = connection.AddTo(
            new Command(
                "versions",
                "List the versions of a model: who put each, when, and why. The last 100 are kept, also of a model that was deleted."
            )
            {
                name,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var list = await Pages.ReadAsync(
                    new ListScoringModelVersionsRequest
                    {
                        Workspace = connection.WorkspaceOf(parsed),
                        Name = parsed.GetValue(name) ?? "",
                        PageSize = Core.Limits.ModelVersions,
                    },
                    request => client.Models.ListScoringModelVersionsAsync(request, cancellationToken: token)
                );

                screen.Write(list, connection.Json(parsed), console => ModelView.ShowVersions(console, list.Versions));
            }
        );
        return command;
    }

    public static Command Rollback(Screen screen, ConnectionOptions connection)
    {
        var version = new Argument<string>("version")
        {
            Description = "The version to go back to, for example engagement@3.",
            HelpName = "NAME@VERSION",
        };
        var etag = EtagOption();
        var note = NoteOption();
        var command = connection.AddTo(
            new Command(
                "rollback",
                "Put a version of a model once more, as its next version. The next read uses it; nothing is replayed, and the versions in between stay."
            )
            {
                version,
                etag,
                note,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                var wanted = ModelReference.Parse(parsed.GetRequiredValue(version));
                if (wanted.Version == 0)
                {
                    throw new CommandFailedException(
                        $"{wanted} names no version; write NAME@VERSION, and see 'scoring model versions' for those there are"
                    );
                }
                using var client = connection.Connect(parsed);
                var request = new RollbackScoringModelRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Name = wanted.Name,
                    Version = wanted.Version,
                    Etag = parsed.GetValue(etag) ?? "",
                    ChangeNote = parsed.GetValue(note) ?? "",
                };
                var answer = await client.Models.RollbackScoringModelAsync(request, cancellationToken: token);
                screen.Write(
                    answer,
                    connection.Json(parsed),
                    console =>
                        console.MarkupLineInterpolated(
                            $"{answer.Name} is at version {answer.Version} now, which equals version {request.Version}."
                        )
                );
            }
        );
        return command;
    }

    public static Command Adopt(Screen screen, ConnectionOptions connection)
    {
        var shadow = new Argument<string>("shadow")
        {
            Description = "The model to take over, or a version of it.",
            HelpName = "SHADOW[@VERSION]",
        };
        var name = new Argument<string>("name") { Description = "The model that is to equal it.", HelpName = "NAME" };
        var keep = new Option<bool>("--keep") { Description = "Leave the shadow there. Otherwise it is deleted." };
        var etag = EtagOption();
        var note = NoteOption();
        var command = connection.AddTo(
            new Command(
                "adopt",
                "Make the next version of a model equal another one, its shadow, and delete that. The next read uses it; 'model rollback' goes back."
            )
            {
                shadow,
                name,
                keep,
                etag,
                note,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var adopted = ModelReference.Parse(parsed.GetRequiredValue(shadow));
                var request = new AdoptScoringModelRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Name = parsed.GetRequiredValue(name),
                    Shadow = adopted.Name,
                    ShadowVersion = adopted.Version,
                    KeepShadow = parsed.GetValue(keep),
                    Etag = parsed.GetValue(etag) ?? "",
                    ChangeNote = parsed.GetValue(note) ?? "",
                };
                var answer = await client.Models.AdoptScoringModelAsync(request, cancellationToken: token);
                screen.Write(
                    answer,
                    connection.Json(parsed),
                    console =>
                        console.MarkupLineInterpolated(
                            $"{answer.Name} is at version {answer.Version} now, which equals {adopted.ToString()}."
                        )
                );
            }
        );
        return command;
    }

    public static Command Delete(Screen screen, ConnectionOptions connection)
    {
        var name = new Argument<string>("name")
        {
            Description = "The model; not the default one of the workspace.",
            HelpName = "NAME",
        };
        var etag = EtagOption();
        var note = NoteOption();
        var command = connection.AddTo(
            new Command("delete", "Delete a model. Its versions are kept for a while: 'model rollback' brings it back.")
            {
                name,
                etag,
                note,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new DeleteScoringModelRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Name = parsed.GetRequiredValue(name),
                    Etag = parsed.GetValue(etag) ?? "",
                    ChangeNote = parsed.GetValue(note) ?? "",
                };
                var answer = await client.Models.DeleteScoringModelAsync(request, cancellationToken: token);
                screen.Write(
                    answer,
                    connection.Json(parsed),
                    console => console.MarkupLineInterpolated($"{request.Name} is deleted.")
                );
            }
        );
        return command;
    }

    /// <summary>Why a model is changed.</summary>
    public static Option<string> NoteOption() =>
        new("--note", "-n")
        {
            Description = "Why, for those who read the history: kept with the version and in the audit log.",
            HelpName = "TEXT",
            DefaultValueFactory = _ => "",
        };

    private static Option<string> EtagOption() =>
        new("--etag")
        {
            Description =
                "Etag of the version that was looked at, as 'model get --json' shows it: whoever has changed the model since is not overwritten.",
            HelpName = "ETAG",
            DefaultValueFactory = _ => "",
        };
}
