using Grpc.Core;
using Scoring.Server.Access;
using Scoring.Server.Calls;
using Scoring.Server.Customers;
using Scoring.Server.Listing;
using Scoring.V1;
using Descriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Scoring.Server.Services;

/// <summary>Answers scoring.v1.CustomerService.</summary>
[BindServiceMethod(typeof(CustomerApi), nameof(BindService))]
internal sealed class CustomerApi(
    CustomerReader reader,
    CustomerLister lister,
    AccountLister accounts,
    CustomerMerger merger,
    CustomerEraser eraser,
    ScoreAdjuster adjuster
) : CustomerService.CustomerServiceBase
{
    /// <summary>Reflection and the JSON routes look for it beside <see cref="BindService"/>.</summary>
    public static Descriptor Descriptor => CustomerService.Descriptor;

    /// <summary>Called by the framework: binds as the generated code does, with the marshallers of <see cref="CheckedRequests"/>.</summary>
    public static void BindService(ServiceBinderBase binder, CustomerService.CustomerServiceBase? service) =>
        CustomerService.BindService(new CheckedRequests(binder), service);

    [Needs(Role.Read)]
    public override Task<CustomerDetails> GetCustomer(GetCustomerRequest request, ServerCallContext context) =>
        reader.GetAsync(request, context);

    [Needs(Role.Read)]
    public override Task<AccountDetails> GetAccount(GetAccountRequest request, ServerCallContext context) =>
        reader.GetAsync(request, context);

    [Needs(Role.Read)]
    public override Task<ListCustomersResponse> ListCustomers(
        ListCustomersRequest request,
        ServerCallContext context
    ) => lister.ListAsync(request, context);

    [Needs(Role.Read)]
    public override Task StreamCustomers(
        StreamCustomersRequest request,
        IServerStreamWriter<StreamCustomersResponse> responseStream,
        ServerCallContext context
    ) => lister.StreamAsync(request, responseStream, context);

    [Needs(Role.Read)]
    public override Task<ListAccountsResponse> ListAccounts(ListAccountsRequest request, ServerCallContext context) =>
        accounts.ListAsync(request, context);

    [Needs(Role.Ingest)]
    public override Task<MergeCustomersResponse> MergeCustomers(
        MergeCustomersRequest request,
        ServerCallContext context
    ) => merger.MergeAsync(request, context);

    [Needs(Role.Model)]
    public override Task<ScoreAdjustment> PutScoreAdjustment(
        PutScoreAdjustmentRequest request,
        ServerCallContext context
    ) => adjuster.PutAsync(request, context);

    [Needs(Role.Model)]
    public override Task<DeleteScoreAdjustmentResponse> DeleteScoreAdjustment(
        DeleteScoreAdjustmentRequest request,
        ServerCallContext context
    ) => adjuster.DeleteAsync(request, context);

    [Needs(Role.Read)]
    public override Task<ListScoreAdjustmentsResponse> ListScoreAdjustments(
        ListScoreAdjustmentsRequest request,
        ServerCallContext context
    ) => adjuster.ListAsync(request, context);

    [Needs(Role.Admin)]
    public override Task<DeleteCustomerResponse> DeleteCustomer(
        DeleteCustomerRequest request,
        ServerCallContext context
    ) => eraser.DeleteAsync(request, context);

    [Needs(Role.Admin)]
    public override Task<DeleteAccountResponse> DeleteAccount(
        DeleteAccountRequest request,
        ServerCallContext context
    ) => eraser.DeleteAsync(request, context);
}
