using System.CommandLine;
using Scoring.Cli.Reading;
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
        var options = new ListOptions(
            FilterArgument.Create(),
            Fields,
            "score",
            "Most customers to list; all of them with: scoring export."
        );
        var why = new Option<bool>("--why")
        {
            Description = "Tell the three largest contributions to each score, those of one event type added up.",
        };
        var command = connection.AddReadingTo(
            options.AddTo(
                new Command(
                    "list",
                    "List customers in order: by score, momentum (-1 falls, 1 rises), newest event or id."
                )
            )
        );
        command.Add(why);
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var wanted = options.MostOf(parsed);
                var request = new ListCustomersRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    Filter = options.FilterOf(parsed),
                    OrderBy = options.OrderOf(parsed),
                    PageSize = LargestPage,
                    ReadTime = connection.ReadTimeOf(parsed),
                    IncludeContributions = parsed.GetValue(why),
                };
                var list = await Pages.ReadAsync(
                    request,
                    asked => client.Customers.ListCustomersAsync(asked, cancellationToken: token),
                    all => wanted - all.Customers.Count
                );
                if (connection.Json(parsed))
                {
                    screen.WriteJson(list);
                    return;
                }

                if (list.Customers.Count == 0)
                {
                    await EmptySegment.ShowAsync(
                        screen.Output,
                        client,
                        new GetSegmentStatsRequest
                        {
                            Workspace = request.Workspace,
                            Model = request.Model,
                            ModelVersion = request.ModelVersion,
                            Filter = request.Filter,
                        },
                        token
                    );
                    return;
                }

                var palette = await Palette.ReadAsync(
                    client,
                    request.Workspace,
                    request.Model,
                    request.ModelVersion,
                    token
                );
                CustomerListView.Show(screen.Output, list, palette, options.ByOf(parsed));
            }
        );
        return command;
    }
}
