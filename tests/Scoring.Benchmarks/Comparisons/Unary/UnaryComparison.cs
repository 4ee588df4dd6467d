using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>RecordEvent and GetScore against a bare Kestrel endpoint; GetScore while events arrive.</summary>
internal static class UnaryComparison
{
    private const string Bare = "bare Kestrel endpoint";

    public static async Task RunAsync(ComparisonRun run)
    {
        var options = run.Options;
        var bare = await EchoProcess.StartAsync(run.Workplace);
        var server = await ScoringServer.StartAsync(run.Workplace);
        var streamed = new StreamedEvents([server], options.Streams);
        await Phase.MeasureAsync(streamed, BatchSource.Everyone(options.Customers, Traffic.Types.Length));
        var h2load = new H2Load(run.Workplace);
        var (score, record) = await h2load.BodiesOfOneCustomerAsync();
        await ThroughputAsync(run, bare, server, h2load, score, record);
        await GetScoreWhileEventsArrive.RunAsync(run, server, streamed);
    }

    private static async Task ThroughputAsync(
        ComparisonRun run,
        EchoProcess bare,
        ScoringServer server,
        H2Load h2load,
        string score,
        string recordBody
    )
    {
        var (scores, events) = (Url(server.Address, "GetScore"), Url(server.Address, "RecordEvent"));
        List<(double, double)> recorded = [];
        List<(double, double)> read = [];
        List<(double, double)> readByH2Load = [];
        List<(double, double)> recordedByH2Load = [];
        List<(double, double)> clients = [];
        // The first round warms up.
        for (var pair = 0; pair <= run.Options.Pairs; pair++)
        {
            await server.Process.UntilIdleAsync();
            var floor = await h2load.RunAsync(bare.Bare, score, run.Options.Requests);
            var byH2Load = await h2load.RunAsync(scores, score, run.Options.Requests);
            var echoedRecord = await h2load.RunAsync(bare.Bare, recordBody, run.Options.Requests);
            var recordByH2Load = await h2load.RunAsync(events, recordBody, run.Options.Requests);
            var echoed = await LoadAsync(run, bare.Bare, CallTemplate.Echo);
            var record = await LoadAsync(run, events, CallTemplate.RecordEvent);
            await server.Process.UntilIdleAsync();
            var echoedScore = await LoadAsync(run, bare.Bare, CallTemplate.GetScore);
            var get = await LoadAsync(run, scores, CallTemplate.GetScore);
            ComparisonRun.Say(
                $"unary {pair} of {run.Options.Pairs}: RecordEvent {record:N0} (h2load {recordByH2Load:N0}), GetScore {get:N0} (h2load {byH2Load:N0}), bare {echoed:N0}, {echoedScore:N0} (h2load {floor:N0}) requests/s"
            );
            if (pair > 0)
            {
                recorded.Add((record, echoed));
                read.Add((get, echoedScore));
                readByH2Load.Add((byH2Load, floor));
                recordedByH2Load.Add((recordByH2Load, echoedRecord));
                clients.Add((echoedScore, floor));
            }
        }

        var report = run.Report;
        var (recordGoal, readGoal) = (Goal.AtLeast(0.7), Goal.AtLeast(0.8));
        Add("Unary RecordEvent by h2load, durable, one customer, 64 in flight", recordGoal, recordedByH2Load);
        Add("Unary RecordEvent, durable, customers at random, exactly once, 64 in flight", recordGoal, recorded);
        Add("Unary GetScore by h2load, one customer, 64 in flight", readGoal, readByH2Load);
        Add("Unary GetScore, customers at random, 64 in flight", readGoal, read);
        report.Add("This load on the bare Kestrel endpoint", "requests/s", "h2load", null, clients);

        void Add(string subject, Goal goal, List<(double, double)> pairs) =>
            report.Add(subject, "requests/s", Bare, goal, pairs);
    }

    public static string Url(string address, string method) => $"{address}/scoring.v1.ScoringService/{method}";

    private static Task<double> LoadAsync(ComparisonRun run, string url, Func<CallTemplate> template) =>
        UnaryLoad.RunAsync(url, template, run.Options.Customers, run.Options.Requests);
}
