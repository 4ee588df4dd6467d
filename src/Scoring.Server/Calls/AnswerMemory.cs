using Google.Protobuf;
using Scoring.Server.Memory;

namespace Scoring.Server.Calls;

/// <summary>What answers take: the objects of which they are made, and their bytes until these are counted as they are written.</summary>
internal static class AnswerMemory
{
    private const int PerScore = 4 << 10;
    private const int OrdinaryPage = 100;
    private const int OrdinaryMovers = 10;
    private const int StreamedAtOnce = 500;
    private const int EventsAtOnce = 4 << 20;
    private const int PerRanked = 5 << 9;
    private const int PerSegment = 256 << 10;
    private const int EventTotals = 512 << 10;

    // Its objects and its bytes.
    private const int PerByte = 3;

    // A score with no more parts is no more than every call needs.
    private const int PartsOfSmallScore = 32;

    /// <summary>Bytes to take before a request is answered: what it asks for. 0: not worth while.</summary>
    public static long Before(object request) =>
        request switch
        {
            V1.BatchGetScoresRequest batch => (long)PerScore * batch.CustomerIds.Count,
            V1.ListCustomersRequest list => (long)PerScore * Math.Max(list.PageSize, OrdinaryPage),
            V1.StreamCustomersRequest => (long)PerScore * StreamedAtOnce,
            V1.ExportEventsRequest => EventsAtOnce,
            V1.PreviewScoringModelRequest preview => (2L * PerSegment * (1 + preview.Segments.Count))
                + (4L * PerScore * Math.Max(preview.MoverCount, OrdinaryMovers)),
            V1.GetSegmentStatsRequest segment => PerSegment
                + ((long)PerRanked * (Math.Max(0, segment.TopCount) + Math.Max(0, segment.BottomCount)))
                + (segment.IncludeEventTotals ? EventTotals : 0),
            _ => 0,
        };

    /// <summary>Bytes to take before an answer is written. 0: they are taken, or not worth while.</summary>
    public static long After(object? answer) =>
        answer switch
        {
            V1.CustomerScore score when score.Contributions.Count + score.Attributes.Count <= PartsOfSmallScore => 0,
            // What they tell of has been done.
            V1.RecordEventResponse
            or V1.RecordEventsResponse
            or V1.UpsertCustomersResponse
            or V1.UpsertAccountsResponse
            or V1.CorrectEventsResponse
            or V1.ListCustomersResponse
            or V1.SegmentStats => 0,
            IMessage message when message.CalculateSize() is > CallMemory.SmallMessage and var bytes => (long)PerByte
                * bytes,
            _ => 0,
        };
}
