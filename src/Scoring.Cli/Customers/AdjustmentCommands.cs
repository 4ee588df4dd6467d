using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring adjustments put|list|remove</c>.</summary>
internal static class AdjustmentCommands
{
    private const int PageSize = 1_000;

    public static Command Create(Screen screen, ConnectionOptions connection) =>
        new(
            "adjustments",
            "Adjust scores by hand: add to a customer's score in a model or set it, with a reason, for a while or until it is removed."
        )
        {
            Put(screen, connection),
            List(screen, connection),
            Remove(screen, connection),
        };

    private static Command Put(Screen screen, ConnectionOptions connection)
    {
        var customer = CustomerCommands.CustomerArgument();
        var model = ModelOption(required: true);
        var add = new Option<double?>("--add")
        {
            Description = "What to add to the score; below 0 to lower it. It adds to whatever the score comes to be.",
            HelpName = "SCORE",
        };
        var set = new Option<double?>("--set")
        {
            Description =
                "The score to set, whatever the customer does meanwhile. Floor and ceiling of the model hold.",
            HelpName = "SCORE",
        };
        var reason = new Option<string>("--reason")
        {
            Description = "Why, for all who see the score.",
            HelpName = "TEXT",
            Required = true,
        };
        var expires = RelativeTime.Future(
            "--for",
            "How long it holds: 90d or 12h, or up to an instant; until it is removed unless given."
        );
        var command = connection.AddTo(
            new Command("put", "Adjust a customer's score in a model, in the place of an adjustment that is there.")
            {
                customer,
                model,
                add,
                set,
                reason,
                expires,
            }
        );
        command.Validators.Add(result =>
        {
            if ((result.GetResult(add) is null) == (result.GetResult(set) is null))
            {
                result.AddError("Give either --add or --set.");
            }
        });
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var adjustment = new ScoreAdjustment
                {
                    CustomerId = parsed.GetRequiredValue(customer),
                    Model = parsed.GetRequiredValue(model),
                    Reason = parsed.GetRequiredValue(reason),
                    ExpireTime = parsed.GetValue(expires),
                };
                if (parsed.GetValue(set) is { } score)
                {
                    adjustment.SetScore = score;
                }
                else
                {
                    adjustment.AddScore = parsed.GetValue(add)!.Value;
                }

                var request = new PutScoreAdjustmentRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Adjustment = adjustment,
                };
                var stored = await client.Customers.PutScoreAdjustmentAsync(request, cancellationToken: token);
                screen.Write(stored, connection.Json(parsed), console => AdjustmentView.Show(console, stored));
            }
        );
        return command;
    }

    private static Command List(Screen screen, ConnectionOptions connection)
    {
        var customer = CustomerCommands.CustomerArgument();
        customer.Description = "The customer; every one unless given.";
        customer.Arity = ArgumentArity.ZeroOrOne;
        var model = ModelOption(required: false);
        var command = connection.AddTo(new Command("list", "List the adjustments that there are.") { customer, model });
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new ListScoreAdjustmentsRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    CustomerId = parsed.GetValue(customer) ?? "",
                    Model = parsed.GetValue(model) ?? "",
                    PageSize = PageSize,
                };
                var all = await Pages.ReadAsync(
                    request,
                    asked => client.Customers.ListScoreAdjustmentsAsync(asked, cancellationToken: token)
                );
                screen.Write(
                    all,
                    connection.Json(parsed),
                    console => AdjustmentView.ShowList(console, all.Adjustments)
                );
            }
        );
        return command;
    }

    private static Command Remove(Screen screen, ConnectionOptions connection)
    {
        var customer = CustomerCommands.CustomerArgument();
        var model = ModelOption(required: true);
        var command = connection.AddTo(
            new Command("remove", "Remove an adjustment: the score is what the model says again.") { customer, model }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new DeleteScoreAdjustmentRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    CustomerId = parsed.GetRequiredValue(customer),
                    Model = parsed.GetRequiredValue(model),
                };
                var removed = await client.Customers.DeleteScoreAdjustmentAsync(request, cancellationToken: token);
                screen.Write(
                    removed,
                    connection.Json(parsed),
                    console => AdjustmentView.ShowRemoved(console, request.CustomerId, request.Model)
                );
            }
        );
        return command;
    }

    private static Option<string> ModelOption(bool required) =>
        new("--model", "-m")
        {
            Description = required
                ? "The model. The adjustment holds for every version of it."
                : "The model; every one unless given.",
            HelpName = "NAME",
            Required = required,
        };
}
