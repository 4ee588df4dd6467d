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
    private static readonly ListToken Tokens = new("customers");
    private static readonly OrderBy<CustomerOrder> Orders = new(
        ("customer_id", CustomerOrder.Id),
        ("score", CustomerOrder.Score),
        ("momentum", CustomerOrder.Momentum),
        ("last_event", CustomerOrder.LastEvent)
    );

    public async Task<V1.ListCustomersResponse> ListAsync(V1.ListCustomersRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var size = Counts.Read(request.PageSize, "page_size", OrdinaryPage, LargestPage);
        var question = QuestionOf(request);
        ListPage<CustomerScore> page;
        if (request.PageToken.Length > 0)
        {
            var place = Tokens.Read(request.PageToken, question);
            page = await backend.GetCustomerPageAsync(workspace, place, size, context.CancellationToken);
        }
        else
        {
            var query = Query(workspace, request.Model, request.ModelVersion, request.Segment, request.Filter) with
            {
                ReadTime = Instants.ReadTime(request.ReadTime),
            };
            (var order, var falling) = Orders.Read(request.OrderBy);
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

    private V1.ListCustomersResponse Answer(
        V1.ListCustomersRequest request,
        ListPage<CustomerScore> page,
        string question
    )
    {
        var answer = ListAnswer<V1.CustomerScore>.Of(
            page,
            limit,
            score => ToProto(score, request.IncludeContributions)
        );
        return new V1.ListCustomersResponse
        {
            Customers = { answer.Items },
            NextPageToken = answer.Next is null ? "" : Tokens.Write(answer.Next, question),
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
