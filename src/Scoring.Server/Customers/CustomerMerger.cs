using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Recording;
using Scoring.Server.Access;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Customers;

/// <summary>Merges customers who turned out to be one.</summary>
internal sealed class CustomerMerger(IScoringBackend backend, WorkspaceCatalog workspaces)
{
    private const string Merged = "merged_customer_ids";

    public async Task<V1.MergeCustomersResponse> MergeAsync(V1.MergeCustomersRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf([.. Faults(request)]);
        CallGuard.TakeWrites(context, request.MergedCustomerIds.Count, request.CalculateSize());
        var survivor = await backend.MergeCustomersAsync(
            workspace,
            request.CustomerId,
            request.MergedCustomerIds,
            context.CancellationToken
        );
        return new() { CustomerId = survivor.CustomerId };
    }

    private static IEnumerable<FieldFault?> Faults(V1.MergeCustomersRequest request)
    {
        yield return TextRules.CheckRequired(request.CustomerId, "customer_id", Limits.IdBytes);
        if (request.MergedCustomerIds.Count is 0 or > Limits.MergedCustomers)
        {
            yield return new(
                RejectionReason.FieldInvalid,
                Merged,
                $"must name 1 to {Limits.MergedCustomers} customers, not {request.MergedCustomerIds.Count}"
            );
            yield break;
        }
        for (var i = 0; i < request.MergedCustomerIds.Count; i++)
        {
            yield return TextRules.CheckSought(request.MergedCustomerIds[i], $"{Merged}[{i}]", Limits.IdBytes);
        }
    }
}
