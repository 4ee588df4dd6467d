using Grpc.Core;
using Scoring.Server.Access;
using Scoring.Server.Calls;
using Scoring.Server.Segments;
using Scoring.V1;
using Descriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Scoring.Server.Services;

/// <summary>Answers scoring.v1.SegmentService.</summary>
[BindServiceMethod(typeof(SegmentApi), nameof(BindService))]
internal sealed class SegmentApi(SegmentEditor segments, SegmentReader reader) : SegmentService.SegmentServiceBase
{
    /// <summary>Reflection and the JSON routes look for it beside <see cref="BindService"/>.</summary>
    public static Descriptor Descriptor => SegmentService.Descriptor;

    /// <summary>Called by the framework: binds as the generated code does, with the marshallers of <see cref="CheckedRequests"/>.</summary>
    public static void BindService(ServiceBinderBase binder, SegmentService.SegmentServiceBase? service) =>
        SegmentService.BindService(new CheckedRequests(binder), service);

    [Needs(Role.Read)]
    public override Task<Segment> GetSegment(GetSegmentRequest request, ServerCallContext context) =>
        Task.FromResult(segments.Get(request, context));

    [Needs(Role.Model)]
    public override Task<Segment> PutSegment(PutSegmentRequest request, ServerCallContext context) =>
        segments.PutAsync(request, context);

    [Needs(Role.Read)]
    public override Task<ListSegmentsResponse> ListSegments(ListSegmentsRequest request, ServerCallContext context) =>
        Task.FromResult(segments.List(request, context));

    [Needs(Role.Read)]
    public override Task<CompareSegmentsResponse> CompareSegments(
        CompareSegmentsRequest request,
        ServerCallContext context
    ) => reader.CompareAsync(request, context);

    [Needs(Role.Read)]
    public override Task<ContrastSegmentsResponse> ContrastSegments(
        ContrastSegmentsRequest request,
        ServerCallContext context
    ) => reader.ContrastAsync(request, context);

    [Needs(Role.Read)]
    public override Task<GroupSegmentStatsResponse> GroupSegmentStats(
        GroupSegmentStatsRequest request,
        ServerCallContext context
    ) => reader.GroupAsync(request, context);

    [Needs(Role.Model)]
    public override Task<DeleteSegmentResponse> DeleteSegment(
        DeleteSegmentRequest request,
        ServerCallContext context
    ) => segments.DeleteAsync(request, context);
}
