using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Segments;
using Scoring.Server.Workspaces;

namespace Scoring.Server.History;

/// <summary>Tells who in a segment will leave a band.</summary>
internal sealed class BandLeaverReader(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    SegmentCatalog saved,
    AnswerLimit limit,
    FutureTimeReader times
)
{
    private const int OrdinaryLeavers = 50;
    private static readonly TimeSpan Ordinary = TimeSpan.FromDays(14);

    public async Task<V1.ListBandLeaversResponse> ListAsync(
        V1.ListBandLeaversRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        CallErrors.ThrowIf(TextRules.Check(request.Band, "band", Limits.NameBytes));
        if (request.Count is < 0 or > Limits.BandLeavers)
        {
            throw CallErrors.From(
                FieldFault.Invalid(
                    "count",
                    $"must be 1 to {Limits.BandLeavers}, or 0 for {OrdinaryLeavers}: it is {request.Count}"
                )
            );
        }
        var query = new BandLeaverQuery
        {
            Workspace = workspace,
            Model = model,
            Filter = SegmentFilters.Read(request.Segment, request.Filter, saved.Of(workspace)),
            Band = request.Band,
            Until = times.Read(request.Until, Ordinary),
            Count = request.Count == 0 ? OrdinaryLeavers : request.Count,
        };
        var leavers = await backend.ListBandLeaversAsync(query, context.CancellationToken);
        return limit.Check(
            ToProto(leavers, query.Until),
            "count",
            _ => "ask for fewer, or set the setting MaxMessageBytes higher"
        );
    }

    private static V1.ListBandLeaversResponse ToProto(BandLeavers leavers, Instant until)
    {
        var message = new V1.ListBandLeaversResponse
        {
            ModelName = leavers.ModelName,
            ModelVersion = leavers.ModelVersion,
            Band = leavers.Band,
            ReadTime = Instants.ToTimestamp(leavers.ReadTime),
            Until = Instants.ToTimestamp(until),
            CustomerCount = leavers.Tally.InBand,
            LeavingCount = leavers.Tally.Leaving,
        };
        message.Leavers.Add(
            leavers.Tally.Soonest.Select(leaver => new V1.BandLeaver
            {
                CustomerId = leaver.CustomerId,
                AccountId = leaver.AccountId,
                Score = leaver.Score,
                Time = Instants.ToTimestamp(leaver.Time),
                NextBand = leaver.Band,
            })
        );
        return message;
    }
}
