using System.Numerics;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <summary>What populations, one after the other, add to the preview of a model.</summary>
/// <param name="query">The query that it answers.</param>
/// <param name="bandsOfCurrent">Bands of the model to compare with.</param>
public sealed class PreviewTally(PreviewQuery query, int bandsOfCurrent)
{
    private readonly int _bands = query.Candidate.Bands.Count;
    private readonly List<ScoreMove> _risen = [];
    private readonly List<ScoreMove> _fallen = [];

    // Scores of the population that is being scanned, which lie in the room of both lists.
    private int _added;

    /// <summary>By the model that is stored.</summary>
    public SegmentTally Current { get; init; } = new(query.Statistics, capacity: 0);

    /// <summary>By the other.</summary>
    public SegmentTally Candidate { get; init; } = new(query.Statistics, capacity: 0);

    /// <summary>Customers by band of the stored model, and within that by band of the other.</summary>
    public long[] Migration { get; init; } = new long[bandsOfCurrent * query.Candidate.Bands.Count];

    /// <summary>Those of the segments that are asked for, in their order.</summary>
    public IReadOnlyList<PreviewTally> Segments { get; init; } =
    [.. query.SegmentQueries().Select(part => new PreviewTally(part, bandsOfCurrent))];

    /// <summary>Those whose scores move most, as far as they are known.</summary>
    public IReadOnlyList<ScoreMove> Moves => [.. _risen, .. _fallen];

    /// <summary>As <see cref="SegmentTally.NewestEvent"/>.</summary>
    public Instant NewestEvent => Current.NewestEvent;

    /// <summary>Sums tallies of distinct customers up.</summary>
    /// <param name="tallies">The tallies; void from then on.</param>
    /// <param name="query">The query that they answer.</param>
    /// <param name="model">The model that is stored.</param>
    /// <param name="readTime">The instant that they were scored at.</param>
    public static ModelPreview Summarize(
        IReadOnlyList<PreviewTally> tallies,
        PreviewQuery query,
        ScoringModel model,
        Instant readTime
    )
    {
        var all = new PreviewTally(query, model.Bands.Count);
        foreach (var tally in tallies)
        {
            foreach (var move in tally.Moves)
            {
                all.Add(move);
            }
            for (var i = 0; i < tally.Migration.Length; i++)
            {
                all.Migration[i] += tally.Migration[i];
            }
        }
        return new(
            SegmentTally.Summarize([.. tallies.Select(tally => tally.Current)], query.Statistics, model, readTime),
            SegmentTally.Summarize(
                [.. tallies.Select(tally => tally.Candidate)],
                query.Statistics,
                query.Candidate,
                readTime
            ),
            [.. all.Migration.Chunk(all._bands)],
            all._risen,
            all._fallen
        )
        {
            Segments =
            [
                .. query
                    .SegmentQueries()
                    .Select(
                        (part, i) => Summarize([.. tallies.Select(tally => tally.Segments[i])], part, model, readTime)
                    ),
            ],
        };
    }

    /// <summary>Whether a customer would be among those that move most, as far as they are known.</summary>
    internal bool Wants(double difference, int row, Func<int, string> idOf)
    {
        var moves = difference > 0 ? _risen : _fallen;
        if (difference == 0 || moves.Count < query.Movers)
        {
            return difference != 0;
        }
        if (query.Movers == 0)
        {
            return false;
        }
        var last = moves[^1];
        var beyond = Math.Abs(difference) - Math.Abs(last.Difference);
        // Of two that move as much the one whose id comes first; few do, so its text is made then alone.
        return beyond > 0 || (beyond == 0 && string.CompareOrdinal(idOf(row), last.Current.CustomerId) < 0);
    }

    /// <summary>Makes room for the scores of another population.</summary>
    internal void Reserve(int customers)
    {
        Current.Reserve(customers);
        Candidate.Reserve(customers);
    }

    /// <summary>Adds customers by both models.</summary>
    /// <param name="members">A bit for each of up to 64.</param>
    /// <param name="scores">Scores by the stored model.</param>
    /// <param name="candidateScores">Scores by the other.</param>
    /// <param name="bands">The bands that these lie in.</param>
    /// <param name="candidateBands">The bands of the other.</param>
    internal void Add(
        ulong members,
        ReadOnlySpan<double> scores,
        ReadOnlySpan<double> candidateScores,
        ReadOnlySpan<int> bands,
        ReadOnlySpan<int> candidateBands
    )
    {
        var room = Current.Scores.Room;
        var candidateRoom = Candidate.Scores.Room;
        for (; members != 0; members &= members - 1)
        {
            var place = BitOperations.TrailingZeroCount(members);
            (room[_added], candidateRoom[_added]) = (scores[place], candidateScores[place]);
            _added++;
            Migration[(bands[place] * _bands) + candidateBands[place]]++;
        }
    }

    /// <summary>Completes what a population adds.</summary>
    /// <param name="ahead">How many customers were left out.</param>
    /// <param name="newest">The newest event of the others.</param>
    internal void Complete(long ahead, Instant newest)
    {
        Current.Scores.Add(_added);
        Candidate.Scores.Add(_added);
        _added = 0;
        Current.Ahead += ahead;
        Current.NoteNewest(newest);
        Candidate.TakeCustomers(Current);
    }

    /// <summary>Takes a customer that may be among those that move most.</summary>
    public void Add(ScoreMove move)
    {
        if (move.Difference > 0)
        {
            Place(_risen, move);
        }
        else if (move.Difference < 0)
        {
            Place(_fallen, move);
        }
    }

    private void Place(List<ScoreMove> moves, ScoreMove move)
    {
        var at = moves.BinarySearch(move, LargestFirst);
        if (at < 0)
        {
            moves.Insert(~at, move);
        }
        if (moves.Count > query.Movers)
        {
            moves.RemoveAt(moves.Count - 1);
        }
    }

    private static readonly Comparer<ScoreMove> LargestFirst = Comparer<ScoreMove>.Create(
        (one, other) =>
            Math.Abs(other.Difference).CompareTo(Math.Abs(one.Difference)) is var order and not 0
                ? order
                : string.CompareOrdinal(one.Current.CustomerId, other.Current.CustomerId)
    );
}
