using System.Globalization;
using System.Net;
using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Grains.Placement;

namespace Scoring.Benchmarks.Scale;

/// <summary>What is derived for a load that no machine here can make: docs/scale.md says how to read it.</summary>
internal static class ScaleFigures
{
    private const int Partitions = 1_024;
    private const int DatabaseProcessors = 16;
    private const double EventsPerSecond = 10_000_000;

    /// <summary>Prints them.</summary>
    public static async Task PrintAsync()
    {
        var batch = EventRequest.Template();
        Say($"an event takes {batch.Bytes.Length / (double)Traffic.BatchSize:N0} bytes of a request");
        var costs = await CommitCosts.MeasureAsync();
        Say(
            $"a commit takes {costs.Commit:N0} µs of PostgreSQL's time, {costs.Row:N1} a row, {costs.Mebibyte:N0} a MiB; {costs.Latency:N2} ms pass"
        );
        Say(
            $"\ncommits at {EventsPerSecond:N0} events/s, {Partitions:N0} partitions, databases of {DatabaseProcessors} processors"
        );
        Say("servers  databases  processors used  events/commit  rows/commit  answered after  waits at the end");
        foreach (var servers in new[] { 16, 24, 32, 48 })
        {
            foreach (var databases in new[] { 2, 4, 8, 16 })
            {
                var simulation = new CommitSimulation(
                    servers,
                    databases,
                    DatabaseProcessors,
                    Partitions,
                    EventsPerSecond,
                    costs
                );
                var outcome = simulation.Run();
                Say(
                    $"{servers, 7}  {databases, 9}  {outcome.Busy, 15:P0}  {outcome.Events, 13:N0}  {outcome.Rows, 11:N0}  {outcome.Milliseconds, 11:N1} ms  {outcome.Backlog, 13:N1} ms"
                );
            }
        }
        Say("\nload of the busiest, in shares of an even one; events of customers by Zipf's law, 1 G of them");
        Say("exponent  servers  busiest partition  busiest server  after one has gone  partitions that moved");
        foreach (var exponent in new[] { 0.6, 0.8, 1.0 })
        {
            var loads = Loads(exponent);
            foreach (var servers in new[] { 16, 32, 48 })
            {
                var all = Enumerable.Range(0, servers).Select(Silo).ToArray();
                var (before, after) = (new PartitionHomes(Partitions, all), new PartitionHomes(Partitions, all[1..]));
                var moved = Enumerable.Range(0, Partitions).Count(p => !before.Of(p).Equals(after.Of(p)));
                Say(
                    $"{exponent, 8:N1}  {servers, 7}  {loads.Max() * Partitions, 17:N2}  {Busiest(before, loads, servers), 14:N2}  {Busiest(after, loads, servers), 18:N2}  {moved, 21}"
                );
            }
        }
    }

    /// <summary>The share of each partition in all events. The million busiest customers are dealt out one by one, the others are even.</summary>
    private static double[] Loads(double exponent)
    {
        const int one = 1_000_000;
        const double all = 1e9;
        var random = new Random(1);
        var loads = new double[Partitions];
        var sum = 0.0;
        for (var i = 1; i <= one; i++)
        {
            var weight = Math.Pow(i, -exponent);
            sum += weight;
            loads[random.Next(Partitions)] += weight;
        }
        // The integral from there to the last customer.
        var rest =
            exponent == 1
                ? Math.Log(all / one)
                : (Math.Pow(all, 1 - exponent) - Math.Pow(one, 1 - exponent)) / (1 - exponent);
        return Array.ConvertAll(loads, load => (load + (rest / Partitions)) / (sum + rest));
    }

    private static double Busiest(PartitionHomes homes, double[] loads, int servers) =>
        Enumerable.Range(0, Partitions).GroupBy(homes.Of).Max(mine => mine.Sum(p => loads[p])) * servers;

    private static SiloAddress Silo(int number) =>
        SiloAddress.New(new IPEndPoint(new IPAddress([10, 0, 0, (byte)(number + 1)]), 11_111), 1);

    private static void Say(FormattableString line) => Console.WriteLine(line.ToString(CultureInfo.InvariantCulture));

    private static void Say(string line) => Console.WriteLine(line);
}
