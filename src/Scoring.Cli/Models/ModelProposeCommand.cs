using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Models;

/// <summary><c>scoring model propose</c>: weights that would have told better what happened.</summary>
internal static class ModelProposeCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var past = new PastOptions();
        var judged = new Option<int>("--judged")
        {
            Description =
                "How many of the last cut-offs judge the weights; the earlier ones teach them. A third unless given.",
            HelpName = "N",
        };
        var freeSigns = new Option<bool>("--free-signs")
        {
            Description = "Let weights get another sign than they have; a term keeps its sign unless given.",
        };
        var draft = new Option<FileInfo>("--draft")
        {
            Description = "Write the model with the new weights to a file, to preview and put.",
            HelpName = "FILE",
        };
        var command = connection.AddTo(
            past.AddTo(
                new Command(
                    "propose",
                    "Propose weights for a model's terms: those that would have told best what happened in an earlier part of the past, judged by a later part. Changes nothing."
                )
                {
                    judged,
                    freeSigns,
                    draft,
                }
            )
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var asked = await past.ReadAsync(parsed, connection.WorkspaceOf(parsed), token);
                var request = RequestOf(asked);
                (request.JudgedCutOffCount, request.FreeSigns) = (parsed.GetValue(judged), parsed.GetValue(freeSigns));
                var proposal = await client.History.ProposeScoringModelAsync(request, cancellationToken: token);
                var file = parsed.GetValue(draft);
                if (file is not null && proposal.Draft is not null)
                {
                    await SavedModels.WriteAsync(file, proposal.Draft, token);
                }
                screen.Write(
                    proposal,
                    connection.Json(parsed),
                    console => ProposalView.Show(console, asked, proposal, file)
                );
                if (file is not null && proposal.Draft is null)
                {
                    throw new CommandFailedException($"{file}: not written, since nothing is proposed.");
                }
            }
        );
        return command;
    }

    private static ProposeScoringModelRequest RequestOf(EvaluateScoringModelRequest asked) =>
        new()
        {
            Workspace = asked.Workspace,
            Model = asked.Model,
            ModelVersion = asked.ModelVersion,
            Candidate = asked.Candidate,
            Filter = asked.Filter,
            Segment = asked.Segment,
            Outcome = asked.Outcome,
            HorizonDays = asked.HorizonDays,
            LastCutOff = asked.LastCutOff,
            CutOffCount = asked.CutOffCount,
            CutOffIntervalDays = asked.CutOffIntervalDays,
            HighScoresExpectIt = asked.HighScoresExpectIt,
            AsUnderstoodNow = asked.AsUnderstoodNow,
        };
}
