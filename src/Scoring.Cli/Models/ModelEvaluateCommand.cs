using System.CommandLine;
using Grpc.Core;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.Client;
using Scoring.Core.Models;
using Scoring.V1;

namespace Scoring.Cli.Models;

/// <summary><c>scoring model evaluate</c>: how well a model's scores told what happened.</summary>
internal static class ModelEvaluateCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var name = new Argument<string>("name")
        {
            Description =
                "The model, of its current version unless one is named; the workspace's default unless given.",
            HelpName = "NAME[@VERSION]",
            DefaultValueFactory = _ => "",
        };
        var file = new Option<FileInfo>("--file", "-f")
        {
            Description =
                "Judge the model in this file instead, which is not stored: JSON, as 'model get --file' writes it.",
            HelpName = "FILE",
        };
        var against = new Option<string>("--against")
        {
            Description = "A model to compare with on the same customers.",
            HelpName = "NAME[@VERSION]",
            DefaultValueFactory = _ => "",
        };
        var filter = new Option<string>("--filter")
        {
            Description = "Who, at each cut-off; everyone unless given. As in: scoring segment --help.",
            HelpName = "FILTER",
        };
        var segment = new Option<string>("--segment") { Description = "A saved segment.", HelpName = "NAME" };
        var outcome = new OutcomeOptions();
        var horizon = new Option<int>("--horizon")
        {
            Description = "How long after a cut-off it may happen.",
            HelpName = "DAYS",
            DefaultValueFactory = _ => 30,
        };
        var cutOffs = new Option<int>("--cut-offs")
        {
            Description = "At how many instants customers are scored.",
            HelpName = "N",
            DefaultValueFactory = _ => 6,
        };
        var every = new Option<int>("--every")
        {
            Description = "How far these lie apart; as long as the horizon unless given.",
            HelpName = "DAYS",
        };
        var last = RelativeTime.Past("--last", "The last of them; a horizon before now unless given.");
        var understood = new Option<bool>("--as-understood-now")
        {
            Description =
                "Count events from when they occurred, whenever they came to be known: for a past that was recorded later and does not say when it was known. Scores are as they were known then unless given.",
        };
        var command = connection.AddTo(
            outcome.AddTo(
                new Command(
                    "evaluate",
                    "Judge a model by the past: how well its scores told beforehand who left, bought, or did whatever else you say. Changes nothing."
                )
                {
                    name,
                    file,
                    against,
                    filter,
                    segment,
                    horizon,
                    cutOffs,
                    every,
                    last,
                    understood,
                }
            )
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var model = ModelReference.Parse(parsed.GetValue(name) ?? "");
                var other = ModelReference.Parse(parsed.GetValue(against) ?? "");
                var request = new EvaluateScoringModelRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = model.Name,
                    ModelVersion = model.Version,
                    Candidate = parsed.GetValue(file) is { } candidate
                        ? await SavedModels.ReadAsync(candidate, token)
                        : null,
                    Against = other.Name,
                    AgainstVersion = other.Version,
                    Filter = parsed.GetValue(filter) ?? "",
                    Segment = parsed.GetValue(segment) ?? "",
                    Outcome = await outcome.ReadAsync(parsed, token),
                    HorizonDays = parsed.GetValue(horizon),
                    CutOffCount = parsed.GetValue(cutOffs),
                    CutOffIntervalDays = parsed.GetValue(every),
                    LastCutOff = parsed.GetValue(last),
                    HighScoresExpectIt = outcome.HighOf(parsed),
                    AsUnderstoodNow = parsed.GetValue(understood),
                };
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
