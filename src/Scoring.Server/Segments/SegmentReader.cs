using Google.Protobuf.Collections;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Filters;
using Scoring.Core.Segments;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Segments;

/// <summary>Answers for a segment.</summary>
internal sealed class SegmentReader(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    SegmentCatalog saved,
    AnswerLimit limit
)
{
    private const int MaxPercentiles = 100;
    private const int MaxBuckets = 1_000;
    private const int MaxRanked = 1_000;
    private const int MaxCompared = 20;
    private const int MaxKeys = 2;
    private const int MaxGroups = 1_000;
    private const int DefaultGroups = 20;
    private const int MaxTraits = 1_000;
    private const int DefaultTraits = 20;
    private static readonly double[] DefaultPercentiles = [5, 25, 50, 75, 95];

    public async Task<V1.SegmentStats> GetAsync(V1.GetSegmentStatsRequest request, ServerCallContext context)
    {
        var query = Read(request, context);
        return limit.Check(
            SegmentMessages.ToProto(await backend.GetSegmentStatisticsAsync(query, context.CancellationToken)),
            "top_count",
            _ => "ask for fewer by top_count and bottom_count, or without include_event_totals"
        );
    }

    public async Task<V1.CompareSegmentsResponse> CompareAsync(
        V1.CompareSegmentsRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        if (request.Segments.Count is < 2 or > MaxCompared)
        {
            throw CallErrors.From(FieldFault.Invalid("segments", $"must be 2 to {MaxCompared}"));
        }
        var readTime = Instants.ReadTime(request.ReadTime);
        var filters = SegmentFilters.ReadAll(request.Segments, saved.Of(workspace));
        var statistics = await backend.CompareSegmentsAsync(
            [
                .. filters.Select(filter => new SegmentQuery
                {
                    Workspace = workspace,
                    Model = model,
                    Filter = filter,
                    Percentiles = DefaultPercentiles,
                    ReadTime = readTime,
                }),
            ],
            context.CancellationToken
        );
        var answer = new V1.CompareSegmentsResponse();
        answer.Segments.Add(
            statistics.Select(
                (of, i) => SegmentMessages.ToProto(of, i == 0 ? null : MeanDifference.Between(of, statistics[0]))
            )
        );
        return limit.Check(answer, "segments", _ => "compare fewer");
    }

    public async Task<V1.ContrastSegmentsResponse> ContrastAsync(
        V1.ContrastSegmentsRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var segments = saved.Of(workspace);
        var query = new ContrastQuery
        {
            Workspace = workspace,
            Model = ModelSelection.Read(request.Model, request.ModelVersion),
            Filter = ReadChoice(request.Segment, segments, "segment"),
            Other = ReadChoice(request.Other, segments, "other"),
            Most = Counts.Read(request.TraitCount, "trait_count", DefaultTraits, MaxTraits),
            ReadTime = Instants.ReadTime(request.ReadTime),
        };
        var contrast = await backend.ContrastSegmentsAsync(query, context.CancellationToken);
        return limit.Check(SegmentMessages.ToProto(contrast), "trait_count", _ => "ask for fewer traits");
    }

    public async Task<V1.GroupSegmentStatsResponse> GroupAsync(
        V1.GroupSegmentStatsRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var query = new GroupQuery
        {
            Workspace = workspace,
            Model = ModelSelection.Read(request.Model, request.ModelVersion),
            By = ReadKeys(request.By),
            Most = Counts.Read(request.GroupCount, "group_count", DefaultGroups, MaxGroups),
            ReadTime = Instants.ReadTime(request.ReadTime),
            Filter = SegmentFilters.Read(request.Segment, request.Filter, saved.Of(workspace)),
        };
        var groups = await backend.GroupSegmentAsync(query, context.CancellationToken);
        return limit.Check(SegmentMessages.ToProto(groups), "group_count", _ => "ask for fewer groups");
    }

    private static Filter ReadChoice(V1.SegmentChoice? choice, SavedSegments segments, string field) =>
        choice is null
            ? throw CallErrors.From(TextRules.Missing(field))
            : SegmentFilters.Read(choice.Segment, choice.Filter, segments, $"{field}.");

    /// <summary>Keys as filters write them: an attribute of the name of a field has "attributes." before it, and others may.</summary>
    private static string[] ReadKeys(RepeatedField<string> by)
    {
        if (by.Count is < 1 or > MaxKeys)
        {
            throw CallErrors.From(FieldFault.Invalid("by", $"must be the keys of 1 to {MaxKeys} attributes"));
        }
        return
        [
            .. by.Select(
                (name, i) =>
                    FilterFields.KeyOf(name) is { } key && TextRules.IsCustomerAttributeKey(key)
                        ? key
                        : throw CallErrors.From(
                            FieldFault.Invalid(
                                $"by[{i}]",
                                "must be the key of an attribute of customers, such as plan, or attributes.score where the key is that of a field"
                            )
                        )
            ),
        ];
    }

    private SegmentQuery Read(V1.GetSegmentStatsRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        CallErrors.ThrowIf(CheckPercentiles(request.Percentiles));
        CallErrors.ThrowIf(request.Histogram is null ? null : CheckHistogram(request.Histogram));
        CallErrors.ThrowIf(CheckRanked(request.TopCount, "top_count"));
        CallErrors.ThrowIf(CheckRanked(request.BottomCount, "bottom_count"));
        var readTime = Instants.ReadTime(request.ReadTime);
        return new SegmentQuery
        {
            Workspace = workspace,
            Model = model,
            Filter = SegmentFilters.Read(request.Segment, request.Filter, saved.Of(workspace)),
            Percentiles = request.Percentiles.Count == 0 ? DefaultPercentiles : [.. request.Percentiles],
            Histogram = request.Histogram is { } histogram
                ? new HistogramSpec(histogram.LowerBound, histogram.UpperBound, histogram.BucketCount)
                : HistogramSpec.Default,
            ReadTime = readTime,
            Top = request.TopCount,
            Bottom = request.BottomCount,
            BottomWithoutChurned = request.BottomWithoutChurned,
            EventTotals = request.IncludeEventTotals,
        };
    }

    private static FieldFault? CheckPercentiles(RepeatedField<double> percentiles)
    {
        if (percentiles.Count > MaxPercentiles)
        {
            return FieldFault.Invalid("percentiles", $"must be at most {MaxPercentiles}");
        }
        for (var i = 0; i < percentiles.Count; i++)
        {
            if (!(percentiles[i] is >= 0 and <= 100))
            {
                return FieldFault.Invalid($"percentiles[{i}]", "must be 0 to 100");
            }
        }
        return null;
    }

    private static FieldFault? CheckHistogram(V1.HistogramSpec histogram)
    {
        if (!double.IsFinite(histogram.LowerBound) || Math.Abs(histogram.LowerBound) > Limits.Value)
        {
            return FieldFault.Invalid("histogram.lower_bound", "must be a finite number of at most 1e12 in magnitude");
        }
        if (!(histogram.UpperBound > histogram.LowerBound && histogram.UpperBound <= Limits.Value))
        {
            return FieldFault.Invalid("histogram.upper_bound", "must be above histogram.lower_bound and at most 1e12");
        }
        return histogram.BucketCount is < 1 or > MaxBuckets
            ? FieldFault.Invalid("histogram.bucket_count", $"must be 1 to {MaxBuckets:N0}")
            : null;
    }

    private static FieldFault? CheckRanked(int count, string field) =>
        count is < 0 or > MaxRanked ? FieldFault.Invalid(field, $"must be 0 to {MaxRanked:N0}") : null;
}
