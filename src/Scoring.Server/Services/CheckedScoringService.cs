using Grpc.Core;
using Scoring.Server.Calls;
using Descriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Scoring.Server.Services;

/// <summary>Binds ScoringService as the generated code does, with the marshallers of <see cref="CheckedRequests"/>.</summary>
internal static class CheckedScoringService
{
    /// <summary>Reflection and the JSON routes look for it beside <see cref="BindService"/>.</summary>
    public static Descriptor Descriptor => V1.ScoringService.Descriptor;

    /// <summary>Called by the framework.</summary>
    public static void BindService(ServiceBinderBase binder, V1.ScoringService.ScoringServiceBase? service) =>
        V1.ScoringService.BindService(new CheckedRequests(binder), service);
}
