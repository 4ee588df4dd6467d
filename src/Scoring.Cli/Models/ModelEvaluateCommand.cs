using System.CommandLine;
using Grpc.Core;
using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.Core.Models;
using Scoring.V1;

namespace Scoring.Cli.Models;

/// <summary><c>scoring model evaluate</c>: how well a model's scores told what happened.</summary>
internal static class ModelEvaluateCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var past = new PastOptions();
        var against = new Option<string>("--against")
        {
            Description = "A model to compare with on the same customers.",
            HelpName = "NAME[@VERSION]",
            DefaultValueFactory = _ => "",
        };
        var command = connection.AddTo(
            past.AddTo(
                new Command(
                    "evaluate",
                    "Judge a model by the past: how well its scores told beforehand who left, bought, or did whatever else you say. Changes nothing."
                )
                {
                    against,
                }
            )
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = await past.ReadAsync(parsed, connection.WorkspaceOf(parsed), token);
                var other = ModelReference.Parse(parsed.GetValue(against) ?? "");
                (request.Against, request.AgainstVersion) = (other.Name, other.Version);
                var evaluation = await ProgressDisplay.RunAsync(
                    screen.Error,
                    start => EvaluateAsync(client, request, start("evaluating", 1), token)
                );
                screen.Write(
                    evaluation,
                    connection.Json(parsed),
                    console => EvaluationView.Show(console, request, evaluation)
                );
            }
        );
        return command;
    }

    private static async Task<ModelEvaluation> EvaluateAsync(
        ScoringClient client,
        EvaluateScoringModelRequest request,
        ProgressBar bar,
        CancellationToken cancellationToken
    )
    {
        using var call = client.History.StreamModelEvaluation(request, cancellationToken: cancellationToken);
        await foreach (var answer in call.ResponseStream.ReadAllAsync(cancellationToken))
        {
            if (answer.StateCase == StreamModelEvaluationResponse.StateOneofCase.Evaluation)
            {
                return answer.Evaluation;
            }
            bar.Report(answer.Progress);
        }
        throw new CommandFailedException("The server ended its answer before it was done; try again.");
    }
}
