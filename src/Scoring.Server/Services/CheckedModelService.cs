using Grpc.Core;
using Scoring.Server.Calls;
using Descriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Scoring.Server.Services;

/// <summary>Binds ModelService as the generated code does, with the marshallers of <see cref="CheckedRequests"/>.</summary>
internal static class CheckedModelService
{
    /// <summary>Reflection and the JSON routes look for it beside <see cref="BindService"/>.</summary>
    public static Descriptor Descriptor => V1.ModelService.Descriptor;

    /// <summary>Called by the framework.</summary>
    public static void BindService(ServiceBinderBase binder, V1.ModelService.ModelServiceBase? service) =>
        V1.ModelService.BindService(new CheckedRequests(binder), service);
}
