using System.Buffers;
using Orleans.Serialization;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Relay;

/// <summary>Tallies for the preview of a model as they are sent to another silo, as one. Ids and aliases never change.</summary>
/// <param name="Current">By the model that is stored.</param>
/// <param name="Candidate">By the other.</param>
/// <param name="Migration">Customers by the bands of both, for each tally.</param>
/// <param name="Moves">Who moves most: by the one model, then by the other.</param>
/// <param name="Segments">Those of the segments that are asked for; null from a silo of a version that knew none.</param>
[GenerateSerializer, Alias("scoring.preview"), Immutable]
internal sealed record PreviewReply(
    [property: Id(0)] byte[] Current,
    [property: Id(1)] byte[] Candidate,
    [property: Id(2)] long[] Migration,
    [property: Id(3)] byte[][] Moves,
    [property: Id(4)] PreviewReply[]? Segments
)
{
    /// <summary>What is sent of tallies.</summary>
    public static PreviewReply Of(
        IReadOnlyList<PreviewTally> tallies,
        PreviewQuestion question,
        ScoringModel model,
        int mostScores,
        Serializer<CustomerScore> scores
    ) =>
        new(
            Written([.. tallies.Select(tally => tally.Current)], question.Query, model, mostScores),
            Written(
                [.. tallies.Select(tally => tally.Candidate)],
                question.Query,
                question.Query.Candidate,
                mostScores
            ),
            [.. Enumerable.Range(0, tallies[0].Migration.Length).Select(i => tallies.Sum(tally => tally.Migration[i]))],
            [
                .. tallies
                    .SelectMany(tally => tally.Moves)
                    .SelectMany(move => new[] { move.Current, move.Candidate })
                    .Select(scores.SerializeToArray),
            ],
            [
                .. question
                    .Query.SegmentQueries()
                    .Select(
                        (part, i) =>
                            Of(
                                [.. tallies.Select(tally => tally.Segments[i])],
                                question with
                                {
                                    Query = part,
                                },
                                model,
                                mostScores,
                                scores
                            )
                    ),
            ]
        );

    /// <summary>The tally that was sent.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a tally.</exception>
    public PreviewTally Read(PreviewQuery query, Serializer<CustomerScore> scores)
    {
        var tally = new PreviewTally(query, Migration.Length / query.Candidate.Bands.Count)
        {
            Current = SegmentTally.Read(Current, query.Statistics),
            Candidate = SegmentTally.Read(Candidate, query.Statistics),
            Migration = Migration,
            Segments = [.. query.SegmentQueries().Zip(Segments ?? [], (part, sent) => sent.Read(part, scores))],
        };
        if (tally.Segments.Count != query.Segments.Count)
        {
            throw new InvalidDataException("A preview was sent without the segments that were asked for.");
        }
        foreach (var move in Moves.Select(sent => scores.Deserialize(sent)!).Chunk(2))
        {
            tally.Add(new(move[0], move[1]));
        }
        return tally;
    }

    private static byte[] Written(SegmentTally[] tallies, PreviewQuery query, ScoringModel model, int mostScores)
    {
        var target = new ArrayBufferWriter<byte>(256);
        SegmentTally.Write(tallies, query.Statistics, model, mostScores, target);
        return target.WrittenSpan.ToArray();
    }
}
