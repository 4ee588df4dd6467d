using Grpc.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Server.Accounts;
using Scoring.Server.Calls;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Listing;

/// <summary>Lists accounts.</summary>
internal sealed class AccountLister(IScoringBackend backend, WorkspaceCatalog workspaces, AnswerLimit limit)
{
    private const int OrdinaryPage = 20;
    private const int LargestPage = 100;
    private static readonly ListToken Tokens = new("accounts");
    private static readonly OrderBy<AccountOrder> Orders = new(
        ("account_id", AccountOrder.Id),
        ("health", AccountOrder.Health),
        ("seats", AccountOrder.Seats),
        ("customer_count", AccountOrder.Customers)
    );

    public async Task<V1.ListAccountsResponse> ListAsync(V1.ListAccountsRequest request, ServerCallContext context)
    {
        var size = Counts.Read(request.PageSize, "page_size", OrdinaryPage, LargestPage);
        var (order, falling) = Orders.Read(request.OrderBy);
        var query = new AccountListQuery
        {
            Workspace = workspaces.Find(request.Workspace, context).Name,
            Model = ModelSelection.Read(request.Model, request.ModelVersion),
            Filter = AccountFilter.Parse(request.Filter),
            Order = order,
            Falling = falling,
            WindowDays = AccountReader.ReadWindow(request.Window),
            ReadTime = Instants.ReadTime(request.ReadTime),
        };
        var question = QuestionOf(request);
        var page =
            request.PageToken.Length == 0
                ? await backend.ListAccountsAsync(query, size, context.CancellationToken)
                : await backend.GetAccountPageAsync(
                    query,
                    Tokens.Read(request.PageToken, question),
                    size,
                    context.CancellationToken
                );
        var answer = ListAnswer<V1.AccountHealth>.Of(page, limit, AccountMessages.ToProto);
        return new V1.ListAccountsResponse
        {
            Accounts = { answer.Items },
            NextPageToken = answer.Next is null ? "" : Tokens.Write(answer.Next, question),
            ReadTime = Instants.ToTimestamp(page.ReadTime),
            TotalSize = page.Total,
        };
    }

    private static string QuestionOf(V1.ListAccountsRequest request)
    {
        var question = request.Clone();
        (question.PageToken, question.PageSize) = ("", 0);
        return question.ToString();
    }
}
