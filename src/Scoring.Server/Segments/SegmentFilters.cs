using Scoring.Core;
using Scoring.Core.Filters;
using Scoring.Server.Errors;
using Scoring.Server.Fields;

namespace Scoring.Server.Segments;

/// <summary>Reads which customers a request means.</summary>
internal static class SegmentFilters
{
    /// <summary>The filters of segments that are chosen each by name, filter or both.</summary>
    /// <param name="choices">The field "segments" of a request.</param>
    /// <param name="saved">The saved segments.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT, as of <see cref="Read"/>.</exception>
    public static IReadOnlyList<Filter> ReadAll(IReadOnlyList<V1.SegmentChoice> choices, SavedSegments saved) =>
        [.. choices.Select((choice, i) => Read(choice.Segment, choice.Filter, saved, $"segments[{i}]."))];

    /// <summary>The filter of those who belong to a saved segment and whom a filter lets pass.</summary>
    /// <param name="segment">The saved segment; empty for any customer.</param>
    /// <param name="filter">The filter; empty for any customer.</param>
    /// <param name="saved">The saved segments.</param>
    /// <param name="within">What the fields are fields of.</param>
    /// <exception cref="Grpc.Core.RpcException">INVALID_ARGUMENT: there is no such segment, or the filter has a mistake.</exception>
    public static Filter Read(string segment, string filter, SavedSegments saved, string within = "")
    {
        CallErrors.ThrowIf(TextRules.Check(segment, $"{within}segment", TextRules.NameOfWorkspaceOrModel));
        if (segment.Length > 0 && saved.Find(segment) is null)
        {
            throw CallErrors.From(
                FieldFault.Invalid($"{within}segment", $"is no saved segment.{saved.NearestTo(segment)}")
            );
        }
        try
        {
            var parsed = Filter.Parse(filter);
            return saved.Resolve(
                segment.Length == 0
                    ? parsed
                    : new Filter(new Condition.All([parsed.Condition, new Condition.InSegment(segment)]))
            );
        }
        catch (ScoringException e) when (e.Field == "filter")
        {
            throw new ScoringException(e.Error, e.Message, e) { Field = $"{within}filter" };
        }
    }
}
