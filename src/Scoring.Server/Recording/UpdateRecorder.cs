using Google.Protobuf.Collections;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Recording;
using Scoring.Server.Access;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Recording;

/// <summary>Adds or changes customers and accounts.</summary>
internal sealed class UpdateRecorder(IScoringBackend backend, WorkspaceCatalog workspaces, FrontOptions options)
{
    private delegate FieldFault? Reader<in TMessage, TUpdate>(TMessage message, out TUpdate update);

    public async Task<V1.UpsertCustomersResponse> UpsertAsync(
        V1.UpsertCustomersRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var batch = Check<V1.Customer, CustomerUpdate>(request.Customers, "customers", Read);
        CallGuard.TakeWrites(context, request.Customers.Count, request.CalculateSize());
        var result = await backend.UpsertCustomersAsync(workspace, batch.Good, context.CancellationToken);
        var response = new V1.UpsertCustomersResponse();
        (response.UpsertedCount, response.Durability) = Tell(batch, result, response.Rejections);
        return response;
    }

    public async Task<V1.UpsertAccountsResponse> UpsertAsync(
        V1.UpsertAccountsRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var batch = Check<V1.Account, AccountUpdate>(request.Accounts, "accounts", Read);
        CallGuard.TakeWrites(context, request.Accounts.Count, request.CalculateSize());
        var result = await backend.UpsertAccountsAsync(workspace, batch.Good, context.CancellationToken);
        var response = new V1.UpsertAccountsResponse();
        (response.UpsertedCount, response.Durability) = Tell(batch, result, response.Rejections);
        return response;
    }

    private (int Upserted, V1.Durability Durability) Tell<TUpdate>(
        CheckedUpdates<TUpdate> batch,
        WriteResult result,
        RepeatedField<V1.Rejection> rejections
    )
    {
        WriteMessages.Merge(batch.Rejections, batch.InRequest(result.Rejections), rejections, options);
        return (result.Accepted, WriteMessages.ToProto(result.Durability));
    }

    private CheckedUpdates<TUpdate> Check<TMessage, TUpdate>(
        RepeatedField<TMessage> messages,
        string field,
        Reader<TMessage, TUpdate> read
    )
    {
        WriteMessages.CheckCount(field, messages.Count, options);
        var (good, places, rejections) = (new List<TUpdate>(messages.Count), new List<int>(), new List<Rejection>());
        for (var i = 0; i < messages.Count; i++)
        {
            if (read(messages[i], out var update) is { } fault)
            {
                rejections.Add(fault.At(i));
            }
            else
            {
                good.Add(update);
                places.Add(i);
            }
        }
        return new CheckedUpdates<TUpdate>(good, places, rejections);
    }

    /// <summary>What is wrong with a customer; null when it can be taken.</summary>
    private static FieldFault? Read(V1.Customer customer, out CustomerUpdate update)
    {
        update = new CustomerUpdate(customer.CustomerId, customer.AccountId, [.. customer.Attributes]);
        return TextRules.CheckRequired(customer.CustomerId, "customer_id", Limits.IdBytes)
            ?? TextRules.Check(customer.AccountId, "account_id", Limits.IdBytes)
            ?? TextRules.CheckCustomerAttributes(update.Attributes);
    }

    /// <summary>What is wrong with an account; null when it can be taken.</summary>
    private static FieldFault? Read(V1.Account account, out AccountUpdate update)
    {
        update = new AccountUpdate(
            account.AccountId,
            account.HasSeatCount ? account.SeatCount : null,
            [.. account.Attributes]
        );
        return TextRules.CheckRequired(account.AccountId, "account_id", Limits.IdBytes)
            ?? (
                update.Seats is < 0 or > Limits.Seats
                    ? FieldFault.Invalid("seat_count", $"must be 0 to {Limits.Seats:N0}")
                    : null
            )
            ?? TextRules.CheckAccountAttributes(update.Attributes);
    }

    /// <summary>A batch after its check.</summary>
    /// <param name="Good">The elements to hand on.</param>
    /// <param name="Places">Their places in the request.</param>
    /// <param name="Rejections">The other elements.</param>
    private sealed record CheckedUpdates<TUpdate>(
        IReadOnlyList<TUpdate> Good,
        IReadOnlyList<int> Places,
        IReadOnlyList<Rejection> Rejections
    )
    {
        /// <summary>What the backend rejected, by place in the request instead of among the good.</summary>
        public IReadOnlyList<Rejection> InRequest(IReadOnlyList<Rejection> rejections) =>
            [.. rejections.Select(rejection => rejection with { Index = Places[rejection.Index] })];
    }
}
