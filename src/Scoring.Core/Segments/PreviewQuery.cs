using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>Asks what scores would be under a model that is not stored.</summary>
public sealed record PreviewQuery
{
    /// <summary>The workspace.</summary>
    public required string Workspace { get; init; }

    /// <summary>The model to compare with, a <see cref="ModelReference"/>; empty means the workspace's default model.</summary>
    public string Model { get; init; } = "";

    /// <summary>The model that is not stored; valid.</summary>
    public required ScoringModel Candidate { get; init; }

    /// <summary>Which customers; scores in the filter are those of the model to compare with.</summary>
    public Filter Filter { get; init; } = Filter.Everyone;

    /// <summary>Filters of segments to tell of beside the whole: each of those customers of the whole that pass it.</summary>
    public IReadOnlyList<Filter> Segments { get; init; } = [];

    /// <summary>How many to tell of those whose scores rise most, and of those whose scores fall most.</summary>
    public int Movers { get; init; }

    /// <summary>The instant to score at; null means now, or the newest event where that lies ahead of now.</summary>
    public Instant? ReadTime { get; init; }

    /// <summary>What <see cref="Segments"/> asks for, each as a question of its own about nobody who moves most.</summary>
    public IReadOnlyList<PreviewQuery> SegmentQueries() =>
        [
            .. Segments.Select(segment =>
                this with
                {
                    Filter = new(new Condition.All([Filter.Condition, segment.Condition])),
                    Segments = [],
                    Movers = 0,
                }
            ),
        ];

    /// <summary>The statistics that are made by either model.</summary>
    public SegmentQuery Statistics =>
        new()
        {
            Workspace = Workspace,
            Model = Model,
            Filter = Filter,
            Percentiles = [5, 25, 50, 75, 95],
            ReadTime = ReadTime,
        };
}
