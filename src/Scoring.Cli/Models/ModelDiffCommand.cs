using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.Core.Models;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Models;

/// <summary><c>scoring model diff</c>: in what two models differ.</summary>
internal static class ModelDiffCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var before = Side(
            "before",
            "What to compare with: a file, or a model on the server such as engagement or engagement@3."
        );
        var after = Side("after", "What to compare: the same.");
        var command = connection.AddTo(
            new Command(
                "diff",
                "Tell in words in what two models differ: weights, caps, terms, target, bands. Files alone need no server."
            )
            {
                before,
                after,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                var (first, second) = (parsed.GetRequiredValue(before), parsed.GetRequiredValue(after));
                using var client =
                    SavedModels.IsFile(first) && SavedModels.IsFile(second) ? null : connection.Connect(parsed);
                var workspace = connection.WorkspaceOf(parsed);
                var diff = new ModelDiff(
                    await ReadAsync(first, client, workspace, token),
                    await ReadAsync(second, client, workspace, token)
                );
                if (connection.Json(parsed))
                {
                    screen.WriteSummary(
                        new
                        {
                            Before = first,
                            After = second,
                            Differences = diff.Sentences,
                        }
                    );
                    return;
                }
                foreach (var sentence in diff.Sentences)
                {
                    screen.Output.MarkupLineInterpolated($"{sentence}");
                }
                if (diff.Sentences.Count == 0)
                {
                    screen.Output.MarkupLineInterpolated($"{second} scores as {first} does.");
                }
            }
        );
        return command;
    }

    private static Argument<string> Side(string name, string description) =>
        new(name) { Description = description, HelpName = "FILE|NAME[@VERSION]" };

    private static async Task<V1.ScoringModel> ReadAsync(
        string text,
        ScoringClient? client,
        string workspace,
        CancellationToken cancellationToken
    )
    {
        if (SavedModels.IsFile(text))
        {
            return await SavedModels.ReadAsync(new FileInfo(text), cancellationToken);
        }
        var wanted = ModelReference.Parse(text);
        var request = new GetScoringModelRequest
        {
            Workspace = workspace,
            Name = wanted.Name,
            Version = wanted.Version,
        };
        return await client!.Models.GetScoringModelAsync(request, cancellationToken: cancellationToken);
    }
}
