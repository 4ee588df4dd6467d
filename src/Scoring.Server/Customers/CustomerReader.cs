using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Customers;

/// <summary>Tells all that is known of one customer or account.</summary>
internal sealed class CustomerReader(IScoringBackend backend, WorkspaceCatalog workspaces, AnswerLimit limit)
{
    public async Task<V1.CustomerDetails> GetAsync(V1.GetCustomerRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(TextRules.CheckSought(request.CustomerId, "customer_id", Limits.IdBytes));
        var customer =
            await backend.GetCustomerAsync(workspace, request.CustomerId, context.CancellationToken)
            ?? throw Refusals.CustomerNotFound(request.CustomerId, workspace);
        return limit.Check(
            CustomerMessages.ToProto(customer),
            "customer_id",
            _ => "set the setting MaxMessageBytes higher"
        );
    }

    public async Task<V1.AccountDetails> GetAsync(V1.GetAccountRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(TextRules.CheckSought(request.AccountId, "account_id", Limits.IdBytes));
        var account = await backend.GetAccountAsync(workspace, request.AccountId, context.CancellationToken);
        return ToProto(account ?? throw Refusals.AccountNotFound(request.AccountId));
    }

    private static V1.AccountDetails ToProto(AccountDetails account)
    {
        var message = new V1.AccountDetails
        {
            AccountId = account.AccountId,
            Attributes = { account.Attributes.ToDictionary() },
            CustomerCount = account.Customers,
            Upserted = account.IsUpserted,
        };
        Optional.Set(account.Seats, seats => message.SeatCount = seats);
        return message;
    }
}
