using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Core.Models;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Models;

/// <summary><c>scoring model</c>: get, put and list are here.</summary>
internal static class ModelCommands
{
    public static Command Create(Screen screen, ConnectionOptions connection) =>
        new("model", "Read and change the scoring models: what counts, how much, and the bands.")
        {
            Get(screen, connection),
            Put(screen, connection),
            List(screen, connection),
            ModelHistoryCommands.Versions(screen, connection),
            ModelHistoryCommands.Rollback(screen, connection),
            ModelHistoryCommands.Adopt(screen, connection),
            ModelHistoryCommands.Delete(screen, connection),
            ModelDiffCommand.Create(screen, connection),
            ModelLintCommand.Create(screen),
            ModelPreviewCommand.Create(screen, connection),
            ModelEvaluateCommand.Create(screen, connection),
            ModelProposeCommand.Create(screen, connection),
        };

    private static Command Get(Screen screen, ConnectionOptions connection)
    {
        var name = new Argument<string>("name")
        {
            Description =
                "The model, of its current version unless one is named; the workspace's default unless given.",
            HelpName = "NAME[@VERSION]",
            DefaultValueFactory = _ => "",
        };
        var file = new Option<FileInfo?>("--file", "-f")
        {
            Description = "Write the model to a file, to edit and put.",
            HelpName = "FILE",
        };
        var command = connection.AddTo(
            new Command("get", "Show a model, and the recorded event types that no model scores.") { name, file }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var wanted = ModelReference.Parse(parsed.GetValue(name) ?? "");
                var request = new GetScoringModelRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Name = wanted.Name,
                    Version = wanted.Version,
                };
                var answer = await client.Models.GetScoringModelAsync(request, cancellationToken: token);
                if (parsed.GetValue(file) is { } target)
                {
                    await SavedModels.WriteAsync(target, answer, token);
                }

                screen.Write(answer, connection.Json(parsed), console => ModelView.Show(console, answer));
            }
        );
        return command;
    }

    private static Command Put(Screen screen, ConnectionOptions connection)
    {
        var file = new Argument<FileInfo>("file")
        {
            Description = "The model: JSON, as 'model get --file' writes it.",
            HelpName = "FILE",
        };
        var check = new Option<bool>("--validate-only") { Description = "Only check the model." };
        var note = ModelHistoryCommands.NoteOption();
        var command = connection.AddTo(
            new Command("put", "Add a model or replace one. The next read uses it; nothing is replayed.")
            {
                file,
                check,
                note,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                var model = await SavedModels.ReadAsync(parsed.GetRequiredValue(file), token);
                using var client = connection.Connect(parsed);
                var request = new PutScoringModelRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = model,
                    ValidateOnly = parsed.GetValue(check),
                    ChangeNote = parsed.GetValue(note) ?? "",
                };
                var answer = await client.Models.PutScoringModelAsync(request, cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(answer);
                }
                else if (request.ValidateOnly)
                {
                    screen.Output.MarkupLineInterpolated($"{answer.Name} is valid; nothing was changed.");
                }
                else
                {
                    screen.Output.MarkupLineInterpolated($"{answer.Name} is at version {answer.Version} now.");
                }
            }
        );
        return command;
    }

    private static Command List(Screen screen, ConnectionOptions connection)
    {
        var command = connection.AddTo(new Command("list", "List the models of a workspace."));
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var list = await Pages.ReadAsync(
                    new ListScoringModelsRequest { Workspace = connection.WorkspaceOf(parsed) },
                    request => client.Models.ListScoringModelsAsync(request, cancellationToken: token)
                );

                screen.Write(list, connection.Json(parsed), console => ModelView.ShowList(console, list.Models));
            }
        );
        return command;
    }
}
