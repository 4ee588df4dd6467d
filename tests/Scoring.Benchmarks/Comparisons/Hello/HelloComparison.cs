using System.Diagnostics;
using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;
using Scoring.Benchmarks.Comparisons.Unary;

namespace Scoring.Benchmarks.Comparisons.Hello;

/// <summary>RecordEvent and GetScore against a service of the same stack written the obvious way, which counts in memory alone.</summary>
internal static class HelloComparison
{
    private const string Other = "hello grains, not durable";

    public static async Task RunAsync(ComparisonRun run)
    {
        var options = run.Options;
        var server = await ScoringServer.StartAsync(run.Workplace);
        await Phase.MeasureAsync(
            new StreamedEvents([server], options.Streams),
            BatchSource.Everyone(options.Customers, Traffic.Types.Length)
        );
        var hello = await OwnServer.StartAsync(run.Workplace, BuiltProgram.Of("tests/Scoring.Benchmarks.Hello"));
        var (built, other) = (new Side(server.Process, server.Address), new Side(hello.Process, hello.Addresses[0]));
        var h2load = new H2Load(run.Workplace);
        var (score, record) = await h2load.BodiesOfOneCustomerAsync();
        var pairs = new Pairs<Side>(run, built, other, Other);
        var customers = $"{options.Customers:N0} customers at random";
        await PairsAsync("GetScore by h2load, one customer", Goal.AtLeast(1.1), H2LoadOf("GetScore", score));
        await PairsAsync("RecordEvent by h2load, one customer", Goal.AtLeast(0.7), H2LoadOf("RecordEvent", record));
        await PairsAsync($"RecordEvent, {customers}", Goal.AtLeast(1), LoadOf("RecordEvent", CallTemplate.RecordEvent));
        await PairsAsync($"GetScore, {customers}", Goal.AtLeast(1), LoadOf("GetScore", CallTemplate.GetScore));
        run.Report.Add(
            $"Resident memory after it, {options.Customers:N0} customers",
            "bytes/customer",
            Other,
            null,
            [
                (
                    (double)built.Process.ResidentBytes() / options.Customers,
                    (double)other.Process.ResidentBytes() / options.Customers
                ),
            ]
        );

        Func<Side, Task<double>> H2LoadOf(string method, string body) =>
            side => h2load.RunAsync(side.Url(method), body, options.Requests);

        Func<Side, Task<double>> LoadOf(string method, Func<CallTemplate> template) =>
            side => UnaryLoad.RunAsync(side.Url(method), template, options.Customers, options.Requests);

        Task PairsAsync(string subject, Goal goal, Func<Side, Task<double>> load) =>
            pairs.MeasureAsync(
                $"{subject}, 64 in flight",
                "request",
                goal,
                side => Figure.OfRequestsAsync(side.Process, options.Requests, () => load(side))
            );
    }

    private sealed record Side(Process Process, string Address)
    {
        public string Url(string method) => UnaryComparison.Url(Address, method);
    }
}
