using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Segments;
using Scoring.Engine.Archive;

namespace Scoring.Engine.Hosting;

/// <summary>Answers for segments in the past from what hosts tally, and from what they told before.</summary>
/// <param name="local">The host of this process.</param>
/// <param name="questions">Puts questions to all of them.</param>
/// <param name="kept">What they told before.</param>
internal sealed class RoutedPastSegments(PartitionHost local, RoutedQuestions questions, KeptHistories kept)
{
    // Every score of every instant is held until the percentiles are told: half a gigabyte for a million customers.
    private const int TimesTogether = PastAccountMatch.MostTimes;

    // Hosts note what comes late by more than half of it.
    private static readonly TimeSpan SettledAfter = 2 * LateRecords.Tolerance;

    /// <summary>As <see cref="Core.Backend.IScoringBackend.GetSegmentHistoryAsync"/>.</summary>
    public async ValueTask<IReadOnlyList<SegmentStatistics>> HistoryAsync(
        SegmentHistoryQuery query,
        CancellationToken cancellationToken
    )
    {
        FilterRules.ThrowIfUnfit(query.Query.Filter, local.Workspaces.Get(query.Query.Workspace).Settings);
        var history = kept.Of(query);
        // Who asks the same meanwhile waits for the answer.
        await history.Turn.WaitAsync(cancellationToken);
        try
        {
            return await HistoryAsync(query, history, cancellationToken);
        }
        finally
        {
            history.Turn.Release();
            kept.Trim();
        }
    }

    private async ValueTask<IReadOnlyList<SegmentStatistics>> HistoryAsync(
        SegmentHistoryQuery query,
        KeptHistory history,
        CancellationToken cancellationToken
    )
    {
        // What comes late after this is noted by the hosts, and found by whoever asks next.
        var settled = local.Clock.Now - SettledAfter;
        var (marks, model) = await questions.EachAsync(
            local.Workspaces.Get(query.Query.Workspace),
            query.Query.Model,
            (host, partitions, model) =>
                host.MarkPastAsync(
                    new(
                        query.Query.Workspace,
                        query.Query.Model,
                        model.Version,
                        partitions,
                        history.MarksOf(model, partitions)
                    ),
                    cancellationToken
                ),
            cancellationToken
        );
        history.GoOn(model, marks);
        // All points are scored by one version, whatever is put meanwhile.
        var asked = query.Query with
        {
            Model = new ModelReference(model.Name, model.Version).ToString(),
        };
        var found = query.Times.ToDictionary(time => time, history.Find);
        foreach (var times in query.Times.Where(time => found[time] is null).Chunk(TimesTogether))
        {
            var statistics = await TallyAsync(query with { Query = asked, Times = times }, cancellationToken);
            foreach (var (time, one) in times.Zip(statistics))
            {
                found[time] = one;
                if (time <= settled && !(query.KnownAt > settled))
                {
                    history.Keep(time, one);
                }
            }
        }
        return [.. query.Times.Select(time => found[time]!)];
    }

    private async ValueTask<SegmentStatistics[]> TallyAsync(
        SegmentHistoryQuery query,
        CancellationToken cancellationToken
    )
    {
        var accounts = await questions.PastAccountsAsync(
            query.Query.Workspace,
            query.Query.Filter,
            query.Times,
            query.KnownAt,
            cancellationToken
        );
        var question = new PastSegmentQuestion(
            query.Query,
            ModelVersion: 0,
            query.Times,
            query.KnownAt,
            [],
            FewScores: true,
            accounts
        );
        var statistics = await TallyAsync(question, cancellationToken);
        // Hardly ever are scores of some host so unlike the others' that those around the percentile do not hold it.
        return Array.Exists(statistics, one => one.LacksPercentiles(query.Query))
            ? await TallyAsync(question with { FewScores = false }, cancellationToken)
            : statistics;
    }

    /// <summary>Puts a question to all hosts, by the model and to the partitions that it does not name yet.</summary>
    private async ValueTask<SegmentStatistics[]> TallyAsync(
        PastSegmentQuestion question,
        CancellationToken cancellationToken
    )
    {
        var query = question.Query;
        var (answers, model) = await questions.EachAsync(
            local.Workspaces.Get(query.Workspace),
            query.Model,
            (host, partitions, model) =>
                host.TallyPastAsync(
                    question with
                    {
                        ModelVersion = model.Version,
                        Partitions = partitions,
                    },
                    cancellationToken
                ),
            cancellationToken
        );
        return
        [
            .. question.Times.Select(
                (time, i) => SegmentTally.Summarize([.. answers.SelectMany(tallies => tallies[i])], query, model, time)
            ),
        ];
    }
}
