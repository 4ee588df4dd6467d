using Grpc.Core;
using Scoring.Core.Backend;
using Scoring.Core.Listing;
using Scoring.Core.Scores;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Scores;
using Scoring.Server.Segments;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Listing;

/// <summary>Lists customers, and streams all of them.</summary>
internal sealed class CustomerLister(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    SegmentCatalog saved,
    AnswerLimit limit,
    IHostApplicationLifetime lifetime
)
{
    private const int OrdinaryPage = 100;
    private const int LargestPage = 1_000;
    private const int Contributions = 3;

    public async Task<V1.ListCustomersResponse> ListAsync(V1.ListCustomersRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        if (request.PageSize is < 0 or > LargestPage)
        {
            throw CallErrors.From(
                FieldFault.Invalid("page_size", $"must be 1 to {LargestPage:N0}, or 0 for {OrdinaryPage:N0}")
            );
        }
        var size = request.PageSize == 0 ? OrdinaryPage : request.PageSize;
        var question = QuestionOf(request);
        CustomerPage page;
        if (request.PageToken.Length > 0)
        {
            var place = ListToken.Read(request.PageToken, question);
            page = await backend.GetPageAsync(workspace, place, size, context.CancellationToken);
        }
        else
        {
            var query = Query(workspace, request.Model, request.ModelVersion, request.Segment, request.Filter) with
            {
                ReadTime = Instants.ReadTime(request.ReadTime),
            };
            (var order, var falling) = CustomerOrders.Read(request.OrderBy);
            query = query with { Order = order, Falling = falling };
            page = await backend.ListCustomersAsync(query, size, context.CancellationToken);
        }
        return Answer(request, page, question);
    }

    public async Task StreamAsync(
        V1.StreamCustomersRequest request,
        IServerStreamWriter<V1.StreamCustomersResponse> answers,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var query = Query(workspace, request.Model, request.ModelVersion, request.Segment, request.Filter);
        var stopping = lifetime.ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        try
        {
            await foreach (var some in backend.ReadCustomersAsync(query, either.Token))
            {
                var left = some.Select(score => ToProto(score, request.IncludeContributions)).ToList();
                while (left.Count > 0)
                {
                    var fitting = limit.Page(left);
                    left.RemoveRange(0, fitting.Count);
                    await answers.WriteAsync(new() { Customers = { fitting } }, either.Token);
                }
            }
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw CallErrors.Stopping("Not all customers have come; ask again.");
        }
    }

    private V1.ListCustomersResponse Answer(V1.ListCustomersRequest request, CustomerPage page, string question)
    {
        var known = page.Customers.Select((score, i) => (score, i)).Where(of => of.score is not null).ToList();
        var fitting = limit.Page(known.Select(of => ToProto(of.score!, request.IncludeContributions)));
        // Behind the last that fits, or behind all, those of whom nothing is known any more included.
        var next = page.After(fitting.Count < known.Count ? known[fitting.Count].i : page.Customers.Count);
        return new V1.ListCustomersResponse
        {
            Customers = { fitting },
            NextPageToken = next is null ? "" : ListToken.Write(next, question),
            ReadTime = Instants.ToTimestamp(page.ReadTime),
            TotalSize = page.Total,
            AheadCustomerCount = page.Ahead,
        };
    }

    private CustomerListQuery Query(string workspace, string model, int version, string segment, string filter) =>
        new()
        {
            Workspace = workspace,
            Model = ModelSelection.Read(model, version),
            Filter = SegmentFilters.Read(segment, filter, saved.Of(workspace)),
        };

    private static string QuestionOf(V1.ListCustomersRequest request)
    {
        var question = request.Clone();
        (question.PageToken, question.PageSize, question.IncludeContributions) = ("", 0, false);
        return question.ToString();
    }

    /// <summary>A customer as lists tell of it: with the largest of its contributions, or none.</summary>
    private static V1.CustomerScore ToProto(CustomerScore score, bool withContributions) =>
        ScoreMessages.ToProto(
            score with
            {
                Contributions = withContributions
                    ? [.. score.Contributions.OrderByDescending(c => Math.Abs(c.Points)).Take(Contributions)]
                    : [],
            }
        );
}
