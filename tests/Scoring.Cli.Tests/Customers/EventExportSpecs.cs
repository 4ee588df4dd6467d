using System.Globalization;
using System.Text.Json;
using DuckDB.NET.Data;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Cli.Terminal;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.V1;

namespace Scoring.Cli.Tests.Customers;

/// <summary><c>scoring export events</c></summary>
public sealed class EventExportSpecs : IDisposable
{
    private static readonly DateTime Start = new(2026, 1, 10, 12, 0, 0, DateTimeKind.Utc);

    private readonly TempFolder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Lines_hold_every_event_in_the_words_of_the_contract()
    {
        await using var server = await ExportServer.StartAsync([.. Events(3)]);

        var run = await RunAsync(server);

        Assert.Equal((0, ""), (run.ExitCode, run.Error));
        var lines = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Equal(3, lines.Length);
        using var second = JsonDocument.Parse(lines[1]);
        Assert.Equal(
            """{"customer_id":"c0","account_id":"","event_type":"purchase","occurred_at":"2026-01-10T12:10:00.123456700Z","received_at":"2026-01-10T12:10:01Z","value":2.5,"feature":"search","known_at":"2026-01-10T12:10:01Z"}""",
            JsonSerializer.Serialize(second.RootElement)
        );
        using var first = JsonDocument.Parse(lines[0]);
        Assert.Equal(["", "acme", "0"], ValuesOf(first.RootElement, "feature", "account_id", "value"));
    }

    [Fact]
    public async Task Lines_in_a_file_are_those_of_the_standard_output()
    {
        await using var server = await ExportServer.StartAsync([.. Events(5_000)]);
        var file = Path.Combine(_folder.Path, "all.jsonl");

        var written = await RunAsync(server, "--out", file);
        var shown = await RunAsync(server);

        Assert.Equal($"5,000 events in {file}\n", written.Output);
        Assert.Equal(shown.Output, await File.ReadAllTextAsync(file, Token));
        Assert.Contains("Exporting: ", written.Error, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(122_880)]
    [InlineData(300_000)]
    public async Task A_Parquet_file_holds_every_event_to_the_millisecond(int count)
    {
        ExportedEvent[] events = [.. Events(count)];
        await using var server = await ExportServer.StartAsync(events);

        var run = await RunAsync(server, "--format", "parquet", "--out", _folder.Path);

        var file = Path.Combine(_folder.Path, "events.parquet");
        Assert.Equal((0, $"{Words.Count(count, "event")} in {file}\n"), (run.ExitCode, run.Output));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder.Path));
        var (read, groups) = await ParquetRows.ReadAsync(file);
        Assert.Equal([.. events.Select(ParquetRows.Of)], read);
        Assert.Equal((count + 122_879) / 122_880, groups.Count);
        Assert.All(groups.SkipLast(1), rows => Assert.Equal(122_880, rows));
    }

    [Fact]
    public async Task DuckDB_sums_decayed_scores_of_a_Parquet_file_and_finds_rows_by_time()
    {
        ExportedEvent[] events = [.. Events(250_000)];
        await using var server = await ExportServer.StartAsync(events);
        var file = Path.Combine(_folder.Path, "e.parquet");
        await RunAsync(server, "--format", "parquet", "--out", file);
        var (at, halfLife) = (Start.AddYears(5), 30.0);

        await using var duck = new DuckDBConnection("DataSource=:memory:");
        await duck.OpenAsync(Token);
        var scored = await AskAsync(
            duck,
            $"""
            SELECT customer_id, sum(value * pow(2, -epoch(TIMESTAMPTZ '{at:yyyy-MM-dd HH:mm:ss}+00' - occurred_at) / 86400 / {halfLife}))
            FROM '{file}' WHERE event_type = 'purchase' GROUP BY customer_id
            """
        );
        var late = Start.AddYears(2);
        var found = await AskAsync(
            duck,
            $"SELECT 'n', count(*) FROM '{file}' WHERE occurred_at >= TIMESTAMPTZ '{late:yyyy-MM-dd HH:mm:ss}+00'"
        );

        var expected = events
            .Where(item => item.EventType == "purchase")
            .GroupBy(item => item.CustomerId)
            .ToDictionary(
                of => of.Key,
                of =>
                    of.Sum(item => item.Value * Math.Pow(2, -(at - item.OccurredAt.ToDateTime()).TotalDays / halfLife))
            );
        Assert.Equal(expected.Keys.Order(), scored.Keys.Order());
        Assert.All(expected, of => Assert.Equal(of.Value, scored[of.Key], 1e-6 * of.Value));
        Assert.Equal(events.Count(item => item.OccurredAt.ToDateTime() >= late), found["n"]);
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("jsonl")]
    public async Task What_fails_in_the_middle_leaves_the_file_that_was_there(string format)
    {
        await using var server = await ExportServer.StartAsync(
            Events(200_000),
            _ => throw new RpcException(new(StatusCode.Unavailable, "The server is stopping."))
        );
        var file = _folder.Write("old", "as it was");

        var run = await RunAsync(server, "--format", format, "--out", file);

        Assert.Equal(1, run.ExitCode);
        Assert.Equal("as it was", await File.ReadAllTextAsync(file, Token));
        Assert.Equal([file], Directory.GetFileSystemEntries(_folder.Path));
    }

    [Theory]
    [InlineData("parquet")]
    [InlineData("jsonl")]
    public async Task Whoever_stops_it_finds_nothing_half(string format)
    {
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        await using var server = await ExportServer.StartAsync(
            Events(200_000),
            async token =>
            {
                await stop.CancelAsync();
                await Task.Delay(Timeout.Infinite, token);
            }
        );
        await using var output = new StringWriter();
        await using var error = new StringWriter();

        var exitCode = await ScoringCommand.RunAsync(
            ["export", "events", "--format", format, "--out", _folder.Path, "--address", server.Address],
            Screen.Of(output, error),
            stop.Token
        );

        Assert.Equal(130, exitCode);
        Assert.Empty(Directory.GetFileSystemEntries(_folder.Path));
    }

    [Fact]
    public async Task The_file_is_its_users_alone()
    {
        await using var server = await ExportServer.StartAsync([.. Events(1)]);
        var file = Path.Combine(_folder.Path, "e.parquet");

        await RunAsync(server, "--format", "parquet", "--out", file);

        if (!OperatingSystem.IsWindows())
        {
            Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        }
    }

    [Fact]
    public async Task It_asks_for_what_the_options_say()
    {
        await using var server = await ExportServer.StartAsync([]);

        await RunAsync(server);
        await RunAsync(
            server,
            "--filter plan=pro --from 30d --to 2026-02-01 --model adoption@3 --workspace beta".Split(' ')
        );

        Assert.Equal(new ExportEventsRequest { Workspace = "default" }, server.Requests.First());
        var all = server.Requests.Last();
        Assert.Equal(("beta", "adoption", 3, "plan=pro"), (all.Workspace, all.Model, all.ModelVersion, all.Filter));
        Assert.Equal(30, (DateTimeOffset.UtcNow - all.StartTime.ToDateTimeOffset()).TotalDays, 0.01);
        Assert.Equal(new DateTime(2026, 2, 1, 0, 0, 0, DateTimeKind.Utc), all.EndTime.ToDateTime());
    }

    [Theory]
    [InlineData("--format parquet", "--format parquet needs --out")]
    [InlineData("--format csv", "Must be one of: 'parquet', 'jsonl'")]
    [InlineData("--from yesterday", "--from: 'yesterday' is neither how long ago")]
    public async Task What_cannot_be_meant_is_refused_before_anybody_is_asked(string options, string message)
    {
        var run = await CommandRun.OfAsync(["export", "events", .. options.Split(' ')]);

        Assert.Equal(2, run.ExitCode);
        Assert.Contains(message, run.Error, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_wrong_with_an_export_of_customers_is_said_as_before()
    {
        var run = await CommandRun.OfAsync("export", "--why");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("--why goes with --format jsonl.", run.Error, StringComparison.Ordinal);
    }

    private static Task<CommandRun> RunAsync(ExportServer server, params string[] args) =>
        CommandRun.OfAsync(["export", "events", .. args, "--address", server.Address]);

    private static IEnumerable<ExportedEvent> Events(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var at = Start.AddMinutes(10 * i);
            yield return new()
            {
                CustomerId = $"c{i / 25}",
                AccountId = i % 2 == 0 ? "acme" : "",
                EventType = i % 3 == 1 ? "purchase" : "login",
                OccurredAt = Timestamp.FromDateTime(at.AddTicks(1_234_567)),
                ReceivedAt = Timestamp.FromDateTime(at.AddSeconds(1)),
                KnownAt = Timestamp.FromDateTime(at.AddSeconds(1)),
                Value = i * 2.5,
                Feature = i % 2 == 0 ? "" : "search",
            };
        }
    }

    private static string[] ValuesOf(JsonElement item, params string[] names) =>
        [.. names.Select(name => item.GetProperty(name).ToString())];

    private static async Task<Dictionary<string, double>> AskAsync(DuckDBConnection duck, string question)
    {
        await using var command = duck.CreateCommand();
        command.CommandText = question;
        await using var reader = await command.ExecuteReaderAsync(Token);
        var answer = new Dictionary<string, double>();
        while (await reader.ReadAsync(Token))
        {
            answer.Add(reader.GetString(0), Convert.ToDouble(reader.GetValue(1), CultureInfo.InvariantCulture));
        }
        return answer;
    }
}
