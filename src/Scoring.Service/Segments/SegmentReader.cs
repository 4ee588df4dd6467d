using Google.Protobuf.Collections;
using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Service.Errors;
using Scoring.Service.Fields;
using Scoring.Service.Workspaces;

namespace Scoring.Service.Segments;

/// <summary>Answers for a segment.</summary>
internal sealed class SegmentReader(IScoringBackend backend, WorkspaceCatalog workspaces)
{
    private const int MaxPercentiles = 100;
    private const int MaxBuckets = 1_000;
    private const int MaxRanked = 1_000;
    private static readonly double[] DefaultPercentiles = [5, 25, 50, 75, 95];

    public async ValueTask<V1.SegmentStats> GetAsync(
        V1.GetSegmentStatsRequest request,
        CancellationToken cancellationToken
    )
    {
        var query = Read(request);
        return SegmentMessages.ToProto(await backend.GetSegmentStatisticsAsync(query, cancellationToken));
    }

    private SegmentQuery Read(V1.GetSegmentStatsRequest request)
    {
        var workspace = workspaces.Find(request.Workspace).Name;
        CallErrors.ThrowIf(TextRules.Check(request.Model, "model", TextRules.NameOfWorkspaceOrModel));
        CallErrors.ThrowIf(CheckPercentiles(request.Percentiles));
        CallErrors.ThrowIf(request.Histogram is null ? null : CheckHistogram(request.Histogram));
        CallErrors.ThrowIf(CheckRanked(request.Top, "top"));
        CallErrors.ThrowIf(CheckRanked(request.Bottom, "bottom"));
        var readTime = Instants.ReadTime(request.ReadTime);
        return new SegmentQuery
        {
            Workspace = workspace,
            Model = request.Model,
            Filter = SegmentFilter.Parse(request.Filter),
            Percentiles = request.Percentiles.Count == 0 ? DefaultPercentiles : [.. request.Percentiles],
            Histogram = request.Histogram is { } histogram
                ? new HistogramSpec(histogram.From, histogram.To, histogram.Buckets)
                : HistogramSpec.Default,
            ReadTime = readTime,
            Top = request.Top,
            Bottom = request.Bottom,
            EventTotals = request.EventTotals,
        };
    }

    private static FieldFault? CheckPercentiles(RepeatedField<double> percentiles)
    {
        if (percentiles.Count > MaxPercentiles)
        {
            return Invalid("percentiles", $"must be at most {MaxPercentiles}");
        }
        for (var i = 0; i < percentiles.Count; i++)
        {
            if (!(percentiles[i] is >= 0 and <= 100))
            {
                return Invalid($"percentiles[{i}]", "must be 0 to 100");
            }
        }
        return null;
    }

    private static FieldFault? CheckHistogram(V1.HistogramSpec histogram)
    {
        if (!double.IsFinite(histogram.From) || Math.Abs(histogram.From) > Limits.Value)
        {
            return Invalid("histogram.from", "must be a finite number of at most 1e12 in magnitude");
        }
        if (!(histogram.To > histogram.From && histogram.To <= Limits.Value))
        {
            return Invalid("histogram.to", "must be above histogram.from and at most 1e12");
        }
        return histogram.Buckets is < 1 or > MaxBuckets
            ? Invalid("histogram.buckets", $"must be 1 to {MaxBuckets:N0}")
            : null;
    }

    private static FieldFault? CheckRanked(int count, string field) =>
        count is < 0 or > MaxRanked ? Invalid(field, $"must be 0 to {MaxRanked:N0}") : null;

    private static FieldFault Invalid(string field, string message) =>
        new(RejectionReason.FieldInvalid, field, message);
}
