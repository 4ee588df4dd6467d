using System.Globalization;

namespace Scoring.Benchmarks.Comparisons;

/// <summary>What to compare, and how much of it.</summary>
internal sealed record ComparisonOptions
{
    public const string Usage = """
        compare [NAME ...] [--OPTION N ...]

          echo        a unary call through Grpc.AspNetCore against a bare Kestrel endpoint
          ingest      events per second, processor time per event, memory per customer of the server
          scale       processor time per event with --customers against 10,000 customers
          redis       events per second of the server against Redis, AOF everysec and always
          postgres    events per second of the server against PostgreSQL
          unary       RecordEvent and GetScore against a bare Kestrel endpoint; GetScore while events arrive
          checkpoint  RecordEvent under full load, with checkpoints and without
          reads       segment statistics, account health, restart after a crash
          hello       RecordEvent and GetScore against hello grains behind Grpc.AspNetCore, which keep nothing
          cluster     one server and three with PostgreSQL: rates, segments, one killed
          restart     three servers with PostgreSQL, restarted one after the other under load
          keys        RecordEvent and GetScore of callers with an API key against those of anybody
          build       this server beside that of another build, --other; only by name

        Without a name all others run. Every figure is the median of the pairs; --customers 10000000 wants 16 GB of memory.

          --events N            events of a timed phase (5000000)
          --reference-events N  the same for Redis and PostgreSQL (a tenth of --events)
          --customers N         customers, a multiple of 1,000 (1000000)
          --pairs N             times each thing is measured (3)
          --streams N           StreamEvents calls at once, each on a connection of its own (2)
          --requests N          requests of a timed phase of unary calls (200000)
          --calls N             calls of each kind of read (200)
          --journal N           events since the last checkpoint when the server is killed (10000000)
          --other FILE          the Scoring.Server of another build, for build
          --json FILE           where every run goes (comparison.json)
        """;

    /// <summary>The order in which they run when none is named.</summary>
    public static readonly string[] Order =
    [
        "echo",
        "ingest",
        "scale",
        "redis",
        "postgres",
        "unary",
        "checkpoint",
        "reads",
        "hello",
        "cluster",
        "restart",
        "keys",
    ];

    public IReadOnlyList<string> Names { get; init; } = [];
    public long Events { get; init; } = 5_000_000;
    public long ReferenceEvents { get; init; }
    public int Customers { get; init; } = 1_000_000;
    public int Pairs { get; init; } = 3;
    public int Streams { get; init; } = 2;
    public int Requests { get; init; } = 200_000;
    public int Calls { get; init; } = 200;
    public long JournalEvents { get; init; } = 10_000_000;
    public string OtherServer { get; init; } = "";
    public string JsonFile { get; init; } = "comparison.json";

    /// <summary>Reads a command line.</summary>
    /// <exception cref="FormatException">It cannot be read; the message says why.</exception>
    public static ComparisonOptions Parse(IEnumerable<string> arguments)
    {
        var options = new ComparisonOptions();
        var words = new Queue<string>(arguments.SelectMany(Split));
        while (words.TryDequeue(out var word))
        {
            options = word.StartsWith("--", StringComparison.Ordinal)
                ? options.With(word, words.TryDequeue(out var value) ? value : "")
                : options with
                {
                    Names = [.. options.Names, word],
                };
        }

        if (options.Customers % Ingest.Traffic.BatchSize != 0)
        {
            throw new FormatException($"--customers must be a multiple of {Ingest.Traffic.BatchSize:N0}.");
        }

        return options.ReferenceEvents > 0
            ? options
            : options with
            {
                ReferenceEvents = Math.Max(Ingest.Traffic.BatchSize, options.Events / 10),
            };
    }

    private ComparisonOptions With(string name, string value) =>
        name switch
        {
            "--events" => this with { Events = Number(name, value) },
            "--reference-events" => this with { ReferenceEvents = Number(name, value) },
            "--customers" => this with { Customers = Number(name, value) },
            "--pairs" => this with { Pairs = Number(name, value) },
            "--streams" => this with { Streams = Number(name, value) },
            "--requests" => this with { Requests = Number(name, value) },
            "--calls" => this with { Calls = Number(name, value) },
            "--journal" => this with { JournalEvents = Number(name, value) },
            "--other" when value.Length > 0 => this with { OtherServer = Path.GetFullPath(value) },
            "--json" when value.Length > 0 => this with { JsonFile = value },
            _ => throw new FormatException($"There is no option {name}, or it has no value.\n\n{Usage}"),
        };

    private static IEnumerable<string> Split(string argument) =>
        argument.StartsWith("--", StringComparison.Ordinal) ? argument.Split('=', 2) : [argument];

    private static int Number(string name, string value) =>
        int.TryParse(value, NumberStyles.AllowThousands, CultureInfo.InvariantCulture, out var number) && number > 0
            ? number
            : throw new FormatException($"{name} must be a whole number above 0, not '{value}'.");
}
