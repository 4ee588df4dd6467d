using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>Answers for segments from what hosts tally.</summary>
/// <param name="local">The host of this process.</param>
/// <param name="questions">Puts questions to all of them.</param>
/// <param name="past">Answers for segments in the past.</param>
internal sealed class RoutedSegments(PartitionHost local, RoutedQuestions questions, RoutedPastSegments past)
{
    /// <summary>As <see cref="IScoringBackend.CompareSegmentsAsync"/>.</summary>
    public async ValueTask<IReadOnlyList<SegmentStatistics>> CompareAsync(
        IReadOnlyList<SegmentQuery> queries,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await CompareNowAsync(queries, cancellationToken);
        }
        catch (ScoringException e) when (e.Error == ScoringError.ReadTimeBeforeNewestEvent)
        {
            var statistics = new List<SegmentStatistics>();
            foreach (var query in queries)
            {
                var then = new SegmentHistoryQuery(query, [query.ReadTime!.Value], KnownAt: null);
                statistics.AddRange(await past.HistoryAsync(then, cancellationToken));
            }
            return statistics;
        }
    }

    private async ValueTask<IReadOnlyList<SegmentStatistics>> CompareNowAsync(
        IReadOnlyList<SegmentQuery> queries,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(queries[0].Workspace);
        var asked = new SegmentQuery[queries.Count];
        for (var i = 0; i < asked.Length; i++)
        {
            var filter = await questions.WithAccountsAsync(queries[i].Workspace, queries[i].Filter, cancellationToken);
            asked[i] = queries[i] with { Filter = filter };
        }
        for (var fewScores = true; ; fewScores = false)
        {
            var few = fewScores;
            var (answers, model, readTime) = await questions.TallyAsync(
                workspace,
                asked[0].Model,
                asked[0].ReadTime,
                "of the segment",
                (host, partitions, model, at, ahead) =>
                    TallyAsync(
                        host,
                        [.. asked.Select(q => new SegmentQuestion(q, model.Version, at, ahead, partitions, few))],
                        cancellationToken
                    ),
                segments => segments.SelectMany(tallies => tallies).Select(tally => tally.NewestEvent),
                cancellationToken
            );
            SegmentStatistics[] statistics =
            [
                .. asked.Select(
                    (query, i) =>
                        SegmentTally.Summarize([.. answers.SelectMany(segments => segments[i])], query, model, readTime)
                ),
            ];
            // Hardly ever are those of some host so unlike the others' that its scores around the percentile do not hold it.
            if (fewScores && statistics.Zip(asked).Any(pair => pair.First.LacksPercentiles(pair.Second)))
            {
                continue;
            }
            for (var i = 0; i < statistics.Length; i++)
            {
                if (statistics[i].Customers + statistics[i].AheadCustomers == 0)
                {
                    var hints = await HintsAsync(asked[i], model, readTime, cancellationToken);
                    statistics[i] = statistics[i] with { FilterHints = hints };
                }
            }
            return statistics;
        }
    }

    /// <summary>As <see cref="IScoringBackend.PreviewModelAsync"/>.</summary>
    public async ValueTask<ModelPreview> PreviewAsync(PreviewQuery query, CancellationToken cancellationToken)
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var segments = new Filter[query.Segments.Count];
        for (var i = 0; i < segments.Length; i++)
        {
            segments[i] = await questions.WithAccountsAsync(query.Workspace, query.Segments[i], cancellationToken);
        }
        var asked = query with
        {
            Filter = await questions.WithAccountsAsync(query.Workspace, query.Filter, cancellationToken),
            Segments = segments,
        };
        for (var fewScores = true; ; fewScores = false)
        {
            var few = fewScores;
            var (answers, model, readTime) = await questions.TallyAsync(
                workspace,
                query.Model,
                query.ReadTime,
                "of the segment",
                (host, partitions, model, at, ahead) =>
                    host.PreviewAsync(
                        new PreviewQuestion(asked, model.Version, at, ahead, partitions, few),
                        cancellationToken
                    ),
                tallies => tallies.Select(tally => tally.NewestEvent),
                cancellationToken
            );
            var preview = PreviewTally.Summarize([.. answers.SelectMany(tallies => tallies)], asked, model, readTime);
            if (!fewScores || !preview.Segments.Prepend(preview).Any(LacksPercentiles))
            {
                return preview;
            }
        }

        static bool LacksPercentiles(SegmentPreview preview) =>
            preview.Current.Customers > 0
            && (preview.Current.Percentiles.Count == 0 || preview.Candidate.Percentiles.Count == 0);
    }

    /// <summary>As <see cref="IScoringBackend.ListBandLeaversAsync"/>.</summary>
    public async ValueTask<BandLeavers> LeaversAsync(BandLeaverQuery query, CancellationToken cancellationToken)
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var asked = query with
        {
            Filter = await questions.WithAccountsAsync(query.Workspace, query.Filter, cancellationToken),
        };
        var (answers, model, readTime) = await questions.TallyAsync(
            workspace,
            query.Model,
            asked: null,
            "of the segment",
            (host, partitions, model, at, ahead) =>
                host.FindLeaversAsync(
                    new BandLeaverQuestion(
                        asked with
                        {
                            Band = BandOf(query, model),
                        },
                        model.Version,
                        at,
                        ahead,
                        partitions
                    ),
                    cancellationToken
                ),
            tally => [tally.NewestEvent],
            cancellationToken
        );
        var all = new BandLeaverTally();
        foreach (var answer in answers)
        {
            all.Add(answer, query.Count);
        }
        return new(model.Name, model.Version, BandOf(query, model), readTime, all);
    }

    /// <summary>The band that is asked for, which is one of the model's.</summary>
    private static string BandOf(BandLeaverQuery query, ScoringModel model) =>
        query.Band.Length == 0 ? model.Bands[^1].Name
        : model.Bands.Any(band => band.Name == query.Band) ? query.Band
        : throw Refusals.NoSuchBand(query.Band, model);

    /// <summary>As <see cref="IScoringBackend.ContrastSegmentsAsync"/>.</summary>
    public async ValueTask<SegmentContrast> ContrastAsync(ContrastQuery query, CancellationToken cancellationToken)
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var asked = query with
        {
            Filter = await questions.WithAccountsAsync(query.Workspace, query.Filter, cancellationToken),
            Other = await questions.WithAccountsAsync(query.Workspace, query.Other, cancellationToken),
        };
        var (answers, model, readTime) = await questions.TallyAsync(
            workspace,
            query.Model,
            query.ReadTime,
            "of the segments",
            (host, partitions, model, at, ahead) =>
                host.CountTraitsAsync(
                    new ContrastQuestion(asked, model.Version, at, ahead, partitions),
                    cancellationToken
                ),
            tally => [tally.NewestEvent],
            cancellationToken
        );
        return TraitTally.Summarize(answers, asked, model, readTime);
    }

    /// <summary>As <see cref="IScoringBackend.GroupSegmentAsync"/>.</summary>
    public async ValueTask<SegmentGroups> GroupAsync(GroupQuery query, CancellationToken cancellationToken)
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var asked = query with
        {
            Filter = await questions.WithAccountsAsync(query.Workspace, query.Filter, cancellationToken),
        };
        var (answers, model, readTime) = await questions.TallyAsync(
            workspace,
            query.Model,
            query.ReadTime,
            "of the segment",
            (host, partitions, model, at, ahead) =>
                host.GroupAsync(new GroupQuestion(asked, model.Version, at, ahead, partitions), cancellationToken),
            tally => [tally.NewestEvent],
            cancellationToken
        );
        return GroupTally.Summarize(answers, asked, model, readTime);
    }

    /// <summary>Tallies of several segments of the same customers: the tallies of each.</summary>
    private static async ValueTask<HostAnswer<IReadOnlyList<IReadOnlyList<SegmentTally>>>> TallyAsync(
        IPartitionHost host,
        SegmentQuestion[] asked,
        CancellationToken cancellationToken
    )
    {
        var found = new List<IReadOnlyList<SegmentTally>>();
        IReadOnlyList<int>? absent = null;
        foreach (var question in asked)
        {
            var answer = await host.TallyAsync(question, cancellationToken);
            if (answer.HasOtherModel)
            {
                return new(null, [], HasOtherModel: true);
            }
            absent ??= answer.Absent;
            if (answer.Value is not { } tallies || !answer.Absent.SequenceEqual(absent))
            {
                // Nothing is there, or a partition moved between two questions: all are asked again, wherever it is by then.
                return new(null, question.Partitions);
            }
            found.Add(tallies);
        }
        return new(found, absent!);
    }

    private async ValueTask<IReadOnlyList<FilterHint>> HintsAsync(
        SegmentQuery query,
        ScoringModel model,
        Instant readTime,
        CancellationToken cancellationToken
    )
    {
        var (answers, _) = await questions.EachAsync(
            local.Workspaces.Get(query.Workspace),
            model.Name,
            (host, partitions, current) =>
                host.FindHintsAsync(
                    new SegmentQuestion(query, current.Version, readTime, readTime, partitions),
                    cancellationToken
                ),
            cancellationToken
        );
        return FilterHints.Merge(answers);
    }
}
