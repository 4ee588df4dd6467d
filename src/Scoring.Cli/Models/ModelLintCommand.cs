using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Core.Workspaces;
using Scoring.ModelFiles;
using Spectre.Console;

namespace Scoring.Cli.Models;

/// <summary><c>scoring model lint</c>: every fault of a model in a file, without a server.</summary>
internal static class ModelLintCommand
{
    private const int MostHalfLives = 8;

    public static Command Create(Screen screen)
    {
        var file = new Argument<FileInfo>("file")
        {
            Description = "The model: JSON, as 'model get --file' writes it.",
            HelpName = "FILE",
        };
        var halfLives = new Option<int[]>("--half-lives")
        {
            Description = "Half-lives of the workspace that it is for, in days, such as 3,14; 7,30 unless given.",
            HelpName = "DAYS",
            CustomParser = result =>
            {
                string[] parts = result.Tokens[0].Value.Split(',');
                int[] days = [.. parts.Select(part => int.TryParse(part, out var number) ? number : 0)];
                if (days.Length > MostHalfLives || days.Any(number => number < 1))
                {
                    result.AddError($"--half-lives must be whole days, such as 3,14, not '{result.Tokens[0].Value}'.");
                }
                return days;
            },
        };
        var command = new Command(
            "lint",
            "Check a model in a file as a server would, without one: every fault at once, with its line, column and field."
        )
        {
            file,
            halfLives,
        };
        command.SetAction(
            async (parsed, token) =>
            {
                var workspace = new WorkspaceSettings { Name = WorkspaceSettings.DefaultName };
                if (parsed.GetValue(halfLives) is { Length: > 0 } given)
                {
                    workspace = workspace with { HalfLivesDays = given };
                }
                var source = parsed.GetRequiredValue(file);
                var bytes = await SavedModels.ReadBytesAsync(source, token);
                try
                {
                    ModelFile.Parse(source.ToString(), bytes, workspace);
                }
                catch (ModelFileException e)
                {
                    foreach (var fault in e.Faults)
                    {
                        screen.Error.MarkupLineInterpolated($"{fault}");
                    }
                    return 1;
                }
                screen.Output.MarkupLineInterpolated($"{source} is a valid model.");
                return 0;
            }
        );
        return command;
    }
}
