using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Server.Access;
using Scoring.Server.Admin;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Customers;

/// <summary>Deletes customers and accounts. The audit log tells of it without their ids.</summary>
internal sealed class CustomerEraser(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    AuditLog audit,
    KeyedHash hash
)
{
    public async Task<V1.DeleteCustomerResponse> DeleteAsync(
        V1.DeleteCustomerRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(TextRules.CheckSought(request.CustomerId, "customer_id", Limits.IdBytes));
        // What cannot be done need not be noted.
        var known = await backend.GetCustomerAsync(workspace, request.CustomerId, context.CancellationToken);
        CallGuard.TakeWrites(context, 1, request.CalculateSize());
        // An id that was merged into another customer stands for that one.
        var target = await hash.OfAsync("customer", workspace, known?.CustomerId ?? request.CustomerId);
        var isDeleted =
            known is not null
            && await audit.DoAsync(
                context,
                new(workspace, target, ""),
                () => backend.DeleteCustomerAsync(workspace, request.CustomerId, context.CancellationToken).AsTask()
            );
        return isDeleted
            ? new() { AuditTarget = target }
            : throw Refusals.CustomerNotFound(request.CustomerId, workspace);
    }

    public async Task<V1.DeleteAccountResponse> DeleteAsync(V1.DeleteAccountRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(TextRules.CheckSought(request.AccountId, "account_id", Limits.IdBytes));
        var account =
            await backend.GetAccountAsync(workspace, request.AccountId, context.CancellationToken)
            ?? throw Refusals.AccountNotFound(request.AccountId);
        if (account.Customers > 0 && !request.ReleaseCustomers)
        {
            throw Refusals.AccountInUse(request.AccountId, account.Customers);
        }
        CallGuard.TakeWrites(context, 1, request.CalculateSize());
        var target = await hash.OfAsync("account", workspace, request.AccountId);
        var refusal = await audit.DoAsync(
            context,
            new(workspace, target, request.ReleaseCustomers ? "customers released" : ""),
            () => DeleteAsync(workspace, request, context.CancellationToken)
        );
        return refusal is null ? new() { AuditTarget = target } : throw refusal;
    }

    /// <summary>Deletes an account; gives what kept it from being deleted, which names it and so must not get into the log.</summary>
    private async Task<ScoringException?> DeleteAsync(
        string workspace,
        V1.DeleteAccountRequest request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await backend.DeleteAccountAsync(
                workspace,
                request.AccountId,
                request.ReleaseCustomers,
                cancellationToken
            )
                ? null
                : Refusals.AccountNotFound(request.AccountId);
        }
        catch (ScoringException e) when (e.Error == ScoringError.AccountInUse)
        {
            return e;
        }
    }
}
