using BenchmarkDotNet.Attributes;
using Scoring.Core.Accounts;
using Scoring.Core.Filters;
using Scoring.Core.Populations;
using Scoring.Core.Scores;
using Scoring.Core.Segments;

namespace Scoring.Benchmarks.Pieces;

/// <summary>Reads of one population of a million customers, on one thread but for what the summary shares out.</summary>
[MemoryDiagnoser]
public class ReadBenchmark
{
    private static readonly SegmentQuery Everyone = Workload.Everything;

    private static readonly SegmentQuery Filtered = Everyone with { Filter = Filter.Parse(Workload.ThreeClauses) };

    private Population _population = null!;

    [Params(1_000_000)]
    public int Customers { get; set; }

    [GlobalSetup]
    public void Populate()
    {
        var workload = new Workload(Customers);
        _population = workload.Populate();
        foreach (var update in workload.Attributes())
        {
            _population.Upsert(update, default, 0, out _);
        }
    }

    [Benchmark]
    public CustomerScore Score() => _population.Score(Customers / 2, Workload.Model, Workload.Now);

    [Benchmark]
    public SegmentStatistics Statistics_of_everyone() => Statistics(Everyone);

    [Benchmark]
    public SegmentStatistics Statistics_by_three_clauses() => Statistics(Filtered);

    [Benchmark]
    public SegmentStatistics Statistics_by_three_clauses_without_event_totals() =>
        Statistics(Filtered with { EventTotals = false });

    [Benchmark]
    public AccountTally Account_of_10_000() => _population.TallyAccount("account-0", Workload.Model, 30, Workload.Now);

    private SegmentStatistics Statistics(SegmentQuery query) =>
        SegmentTally.Summarize(
            [_population.Tally(query, Workload.Model, Workload.Now)],
            query,
            Workload.Model,
            Workload.Now
        );
}
