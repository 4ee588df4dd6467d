using Grpc.Core;
using Scoring.Server.Access;
using Scoring.Server.Admin;
using Scoring.Server.Calls;
using Scoring.V1;
using Descriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Scoring.Server.Services;

/// <summary>Answers scoring.v1.AdminService.</summary>
[BindServiceMethod(typeof(AdminApi), nameof(BindService))]
internal sealed class AdminApi(KeyEditor keys, AuditReader audit) : AdminService.AdminServiceBase
{
    /// <summary>Reflection and the JSON routes look for it beside <see cref="BindService"/>.</summary>
    public static Descriptor Descriptor => AdminService.Descriptor;

    /// <summary>Called by the framework: binds as the generated code does, with the marshallers of <see cref="CheckedRequests"/>.</summary>
    public static void BindService(ServiceBinderBase binder, AdminService.AdminServiceBase? service) =>
        AdminService.BindService(new CheckedRequests(binder), service);

    [Needs(Role.Admin)]
    public override Task<CreateApiKeyResponse> CreateApiKey(CreateApiKeyRequest request, ServerCallContext context) =>
        keys.CreateAsync(request, context);

    [Needs(Role.Admin)]
    public override Task<ListApiKeysResponse> ListApiKeys(ListApiKeysRequest request, ServerCallContext context) =>
        Task.FromResult(keys.List(request, context));

    [Needs(Role.Admin)]
    public override Task<RevokeApiKeyResponse> RevokeApiKey(RevokeApiKeyRequest request, ServerCallContext context) =>
        keys.RevokeAsync(request, context);

    [Needs(Role.Admin)]
    public override Task<ListAuditEntriesResponse> ListAuditEntries(
        ListAuditEntriesRequest request,
        ServerCallContext context
    ) => audit.ListAsync(request, context);
}
