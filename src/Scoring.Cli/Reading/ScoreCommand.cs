using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Reading;

/// <summary><c>scoring score</c>: one customer or several, with why.</summary>
internal static class ScoreCommand
{
    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var customers = new Argument<string[]>("customer")
        {
            Description = "One customer, or several to compare at one instant.",
            HelpName = "CUSTOMER",
            Arity = ArgumentArity.OneOrMore,
        };
        var command = connection.AddReadingTo(new Command("score", "Score a customer and tell why.") { customers });
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var ids = parsed.GetRequiredValue(customers);
                if (ids is [var only])
                {
                    var request = new GetScoreRequest
                    {
                        Workspace = connection.WorkspaceOf(parsed),
                        CustomerId = only,
                        Model = connection.ModelOf(parsed).Name,
                        ModelVersion = connection.ModelOf(parsed).Version,
                        ReadTime = connection.ReadTimeOf(parsed),
                    };
                    var score = await client.Scoring.GetScoreAsync(request, cancellationToken: token);
                    if (connection.Json(parsed))
                    {
                        screen.WriteJson(score);
                    }
                    else
                    {
                        ScoreView.Show(screen.Output, score, await PaletteAsync(score.ModelName, score.ModelVersion));
                    }

                    return 0;
                }

                var batch = new BatchGetScoresRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    CustomerIds = { ids },
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    ReadTime = connection.ReadTimeOf(parsed),
                };
                var answer = await client.Scoring.BatchGetScoresAsync(batch, cancellationToken: token);
                if (connection.Json(parsed))
                {
                    screen.WriteJson(answer);
                }
                else
                {
                    if (answer.Scores.Count > 0)
                    {
                        CustomerTable.Show(
                            screen.Output,
                            answer.Scores,
                            await PaletteAsync(batch.Model, batch.ModelVersion)
                        );
                    }

                    ScoreView.ShowUnknown(screen.Output, answer.NotFoundCustomerIds);
                }

                return answer.NotFoundCustomerIds.Count == 0 ? 0 : 1;

                Task<Palette> PaletteAsync(string model, int version) =>
                    Palette.ReadAsync(client, connection.WorkspaceOf(parsed), model, version, token);
            }
        );
        return command;
    }
}
