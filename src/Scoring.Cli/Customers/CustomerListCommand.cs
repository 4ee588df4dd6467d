using System.CommandLine;
using Scoring.Cli.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring customers list</c>: customers in order.</summary>
internal static class CustomerListCommand
{
    private const int LargestPage = 1_000;
    private static readonly string[] Fields = ["customer_id", "score", "momentum", "last_event"];

    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var filter = FilterArgument.Create();
        var by = new Option<string>("--by")
        {
            Description = $"What to list by: {string.Join(", ", Fields)}.",
            HelpName = "FIELD",
            DefaultValueFactory = _ => "score",
        };
        by.AcceptOnlyFromAmong(Fields);
        var ascending = new Option<bool>("--ascending") { Description = "The lowest first, instead of the highest." };
        var most = new Option<int>("--most")
        {
            Description = "Most customers to list; all of them with: scoring export.",
            HelpName = "N",
            DefaultValueFactory = _ => 20,
        };
        ConnectionOptions.Require(most, count => count is >= 1 and <= 1_000_000, "must be 1 to 1,000,000");
        var why = new Option<bool>("--why") { Description = "Tell the three largest contributions to each score." };
        var command = connection.AddReadingTo(
            new Command("list", "List customers in order: by score, momentum, newest event or id.")
            {
                filter,
                by,
                ascending,
                most,
                why,
            }
        );
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var wanted = parsed.GetValue(most);
                var request = new ListCustomersRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    Filter = parsed.GetValue(filter) ?? "",
                    OrderBy = parsed.GetValue(by) + (parsed.GetValue(ascending) ? "" : " desc"),
                    ReadTime = connection.ReadTimeOf(parsed),
                    IncludeContributions = parsed.GetValue(why),
                };
                var all = new ListCustomersResponse();
                do
                {
                    request.PageSize = Math.Min(LargestPage, wanted - all.Customers.Count);
                    request.PageToken = all.NextPageToken;
                    var page = await client.Customers.ListCustomersAsync(request, cancellationToken: token);
                    all.MergeFrom(page);
                    all.NextPageToken = page.NextPageToken;
                } while (all.NextPageToken.Length > 0 && all.Customers.Count < wanted);

                if (connection.Json(parsed))
                {
                    screen.WriteJson(all);
                    return;
                }

                var palette = await Palette.ReadAsync(
                    client,
                    request.Workspace,
                    request.Model,
                    request.ModelVersion,
                    token
                );
                CustomerListView.Show(screen.Output, all, palette);
            }
        );
        return command;
    }
}
