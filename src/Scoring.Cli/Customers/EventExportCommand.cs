using System.CommandLine;
using System.Runtime.CompilerServices;
using System.Text;
using Google.Protobuf;
using Grpc.Core;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.Client;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring export events</c>: all events that were recorded, as a file for other programs.</summary>
internal static class EventExportCommand
{
    private const string Parquet = "parquet";
    private const string Jsonl = "jsonl";

    private static readonly JsonFormatter Lines = new(
        JsonFormatter.Settings.Default.WithFormatDefaultValues(true).WithPreserveProtoFieldNames(true)
    );

    private static readonly UTF8Encoding Utf8 = new(encoderShouldEmitUTF8Identifier: false);

    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var format = new Option<string>("--format")
        {
            Description =
                "parquet: a file of Apache Parquet, for DuckDB, pandas, Spark and warehouses. jsonl: a JSON object on each line.",
            HelpName = $"{Parquet}|{Jsonl}",
            DefaultValueFactory = _ => Jsonl,
        };
        format.AcceptOnlyFromAmong(Parquet, Jsonl);
        var output = new Option<string>("--out", "--output", "-o")
        {
            Description =
                "The file to write, which is there once all of it is; in a folder it is events.parquet or events.jsonl. Unless given, to the standard output, as jsonl.",
            HelpName = "FILE|FOLDER",
        };
        var from = RelativeTime.Past("--from", "Leave out what was received before; nothing unless given.");
        var to = RelativeTime.Past("--to", "Leave out what was received then or later; nothing unless given.");
        var filter = new Option<string>("--filter", "-f")
        {
            Description =
                "Whose events: of customers who meet it now, and of those who were merged into them; everyone's unless given. As in: scoring export --help.",
            HelpName = "FILTER",
        };
        var command = connection.AddExportTo(
            new Command(
                "events",
                "Write every event that was recorded, but for those of deleted customers and what is no longer kept, as Parquet or JSON lines."
            )
            {
                format,
                output,
                from,
                to,
                filter,
            }
        );
        command.Validators.Add(result =>
        {
            if (result.GetValue(format) == Parquet && string.IsNullOrEmpty(result.GetValue(output)))
            {
                result.AddError("--format parquet needs --out with a file or a folder.");
            }
        });
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var model = connection.ModelOf(parsed);
                var request = new ExportEventsRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = model.Name,
                    ModelVersion = model.Version,
                    Filter = parsed.GetValue(filter) ?? "",
                    StartTime = parsed.GetValue(from),
                    EndTime = parsed.GetValue(to),
                };
                if (parsed.GetValue(output) is not { Length: > 0 } path)
                {
                    await WriteLinesAsync(Read(client, request, _ => { }, token), screen.RawOutput);
                    return;
                }
                var chosen = parsed.GetValue(format)!;
                var file = Directory.Exists(path) ? Path.Combine(path, $"events.{chosen}") : path;
                var count = await ToFileAsync(screen, client, request, file, chosen, token);
                screen.Output.MarkupLineInterpolated($"{Words.Count(count, "event")} in {file}");
            }
        );
        return command;
    }

    private static Task<long> ToFileAsync(
        Screen screen,
        ScoringClient client,
        ExportEventsRequest request,
        string file,
        string format,
        CancellationToken token
    )
    {
        // How far it has come is told by customers: nobody knows how many events there are of them.
        var segment = new GetSegmentStatsRequest
        {
            Workspace = request.Workspace,
            Model = request.Model,
            ModelVersion = request.ModelVersion,
            Filter = request.Filter,
        };
        return ExportedFile.WriteAsync(
            screen,
            client,
            segment,
            file,
            (target, bar) =>
            {
                var events = Read(
                    client,
                    request,
                    done => bar.Report(done.Customers, $" ({Words.Count(done.Events, "event")})"),
                    token
                );
                return format == Parquet
                    ? EventParquet.WriteAsync(events, target, token)
                    : ToLinesAsync(events, target);
            },
            token
        );
    }

    private static async IAsyncEnumerable<ExportedEvent> Read(
        ScoringClient client,
        ExportEventsRequest request,
        Action<(long Events, long Customers)> report,
        [EnumeratorCancellation] CancellationToken token
    )
    {
        using var call = client.History.ExportEvents(request, cancellationToken: token);
        var (events, customers, last) = (0L, 0L, "");
        await foreach (var answer in call.ResponseStream.ReadAllAsync(token))
        {
            foreach (var item in answer.Events)
            {
                customers += item.CustomerId == last ? 0 : 1;
                last = item.CustomerId;
                yield return item;
            }
            report((events += answer.Events.Count, customers));
        }
    }

    private static async Task<long> ToLinesAsync(IAsyncEnumerable<ExportedEvent> events, Stream target)
    {
        await using var writer = new StreamWriter(target, Utf8, leaveOpen: true);
        return await WriteLinesAsync(events, writer);
    }

    private static async Task<long> WriteLinesAsync(IAsyncEnumerable<ExportedEvent> events, TextWriter target)
    {
        var count = 0L;
        await foreach (var item in events)
        {
            await target.WriteLineAsync(Lines.Format(item));
            count++;
        }
        return count;
    }
}
