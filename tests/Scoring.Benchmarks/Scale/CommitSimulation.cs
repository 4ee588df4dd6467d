namespace Scoring.Benchmarks.Scale;

/// <summary>Group commits of many servers into several databases, stepped through in time.</summary>
/// <remarks>
/// A server takes all that has arrived since its last commit, up to <see cref="MostBytes"/>, as a row for each partition that has some, and sends each database its
/// rows beside the others; when the last has answered, the next commit begins. The commits that a database has at a time share its processors.
/// </remarks>
/// <param name="Servers">Servers, among which partitions and events are even.</param>
/// <param name="Databases">Databases, each with a share of the partitions of every server.</param>
/// <param name="Processors">Processors of a database.</param>
/// <param name="Partitions">Partitions of the store.</param>
/// <param name="EventsPerSecond">Of all servers together.</param>
/// <param name="Costs">What a commit takes.</param>
internal sealed record CommitSimulation(
    int Servers,
    int Databases,
    int Processors,
    int Partitions,
    double EventsPerSecond,
    CommitCosts Costs
)
{
    /// <summary>Bytes that an event takes up in the log.</summary>
    public const int EventBytes = 87;

    private const double MostBytes = 4 << 20;
    private const double Step = 50; // µs
    private const double Seconds = 3;
    private const double Warm = 1;

    /// <summary>What comes of it.</summary>
    public Outcome Run()
    {
        var random = new Random(1);
        var servers = Enumerable
            .Range(0, Servers)
            .Select(_ => new Server(Databases, random.NextDouble() * 5_000))
            .ToArray();
        var (busy, commits, events, rows, waited, steps) = (0.0, 0L, 0.0, 0.0, 0.0, 0L);
        var active = new int[Databases];
        for (var now = 0.0; now < Seconds * 1e6; now += Step)
        {
            var counts = now >= Warm * 1e6;
            Array.Clear(active);
            foreach (var server in servers)
            {
                server.Waiting += EventsPerSecond / Servers * Step / 1e6;
                if (server.IsDone(now))
                {
                    if (counts && server.Taken > 0)
                    {
                        commits++;
                        events += server.Taken;
                        rows += server.Rows;
                        waited += server.Taken * (now - server.Begun) * 1.5;
                    }
                    Begin(server, now);
                }
                for (var database = 0; database < Databases; database++)
                {
                    active[database] += server.Left[database] > 0 ? 1 : 0;
                }
            }
            foreach (var server in servers)
            {
                for (var database = 0; database < Databases; database++)
                {
                    if (server.Left[database] > 0)
                    {
                        var given = Step * Math.Min(1, (double)Processors / active[database]);
                        busy += counts ? Math.Min(given, server.Left[database]) : 0;
                        server.Left[database] -= given;
                    }
                }
            }
            steps += counts ? 1 : 0;
        }
        return new Outcome(
            busy / (steps * Step * Databases * Processors),
            events / Math.Max(1, commits),
            rows / Math.Max(1, commits),
            waited / Math.Max(1, events) / 1_000,
            servers.Sum(server => server.Waiting) / EventsPerSecond * 1_000
        );
    }

    private void Begin(Server server, double now)
    {
        server.Begun = now;
        server.Taken = Math.Min(server.Waiting, MostBytes / EventBytes);
        server.Waiting -= server.Taken;
        var partitions = (double)Partitions / Servers / Databases;
        var each = server.Taken / Databases;
        // Of so many partitions those that some of the events are of.
        var rows = partitions * (1 - Math.Pow(1 - (1 / Math.Max(1, partitions)), each));
        server.Rows = rows * Databases;
        var work = Costs.Commit + (rows * Costs.Row) + (each * EventBytes / (1 << 20) * Costs.Mebibyte);
        Array.Fill(server.Left, server.Taken > 0 ? work : 0);
        server.Earliest = now + (Costs.Latency * 1_000);
    }

    /// <summary>What a simulation came to.</summary>
    /// <param name="Busy">How much of the databases' processors is used, 0 to 1.</param>
    /// <param name="Events">Events of a commit.</param>
    /// <param name="Rows">Rows of a commit.</param>
    /// <param name="Milliseconds">From arrival to acknowledgement on average: half of the commit before and its own.</param>
    /// <param name="Backlog">Milliseconds of events that wait at the end; more than a few commits' worth says that it is too much.</param>
    public sealed record Outcome(double Busy, double Events, double Rows, double Milliseconds, double Backlog);

    private sealed class Server(int databases, double begins)
    {
        public double[] Left { get; } = new double[databases];
        public double Waiting { get; set; }
        public double Taken { get; set; }
        public double Rows { get; set; }
        public double Begun { get; set; }
        public double Earliest { get; set; } = begins;

        public bool IsDone(double now) => now >= Earliest && Array.TrueForAll(Left, left => left <= 0);
    }
}
