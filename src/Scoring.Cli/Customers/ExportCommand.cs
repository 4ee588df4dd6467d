using System.CommandLine;
using Google.Protobuf;
using Grpc.Core;
using Scoring.Cli.Terminal;
using Scoring.Client;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Customers;

/// <summary><c>scoring export</c>: all customers of a filter, as a file for other programs.</summary>
internal static class ExportCommand
{
    private const string Csv = "csv";
    private const string Jsonl = "jsonl";

    private static readonly JsonFormatter Lines = new(JsonFormatter.Settings.Default.WithFormatDefaultValues(true));

    public static Command Create(Screen screen, ConnectionOptions connection)
    {
        var filter = FilterArgument.Create();
        var format = new Option<string>("--format")
        {
            Description = "csv: a line of names, then one for each customer. jsonl: a JSON object on each line.",
            HelpName = "csv|jsonl",
            DefaultValueFactory = _ => Csv,
        };
        format.AcceptOnlyFromAmong(Csv, Jsonl);
        var output = new Option<string>("--output", "-o")
        {
            Description = "The file to write, which is there once all of it is; unless given, to the standard output.",
            HelpName = "FILE",
        };
        var attributes = new Option<string[]>("--attribute")
        {
            Description =
                "An attribute that is to be a column of its own; all others stand as JSON in the last column. With csv; repeatable.",
            HelpName = "KEY",
        };
        var why = new Option<bool>("--why")
        {
            Description = "Tell the three largest contributions to each score. With jsonl.",
        };
        var command = connection.AddExportTo(
            new Command(
                "export",
                "Write all customers of a filter as they are now, with score, lifecycle and attributes, as CSV or JSON lines."
            )
            {
                filter,
                format,
                output,
                attributes,
                why,
                EventExportCommand.Create(screen, connection),
            }
        );
        command.Validators.Add(result =>
        {
            // Here one that was not given has no value.
            if (result.GetValue(format) != Jsonl && result.GetValue(why))
            {
                result.AddError("--why goes with --format jsonl.");
            }
            else if (result.GetValue(format) == Jsonl && result.GetValue(attributes) is { Length: > 0 })
            {
                result.AddError("--attribute goes with --format csv; JSON lines have all attributes.");
            }
        });
        command.SetAction(
            async (parsed, token) =>
            {
                using var client = connection.Connect(parsed);
                var request = new StreamCustomersRequest
                {
                    Workspace = connection.WorkspaceOf(parsed),
                    Model = connection.ModelOf(parsed).Name,
                    ModelVersion = connection.ModelOf(parsed).Version,
                    Filter = parsed.GetValue(filter) ?? "",
                    IncludeContributions = parsed.GetValue(why),
                };
                Func<TextWriter, Action<long>, Task<long>> write = (target, report) =>
                    parsed.GetValue(format) == Csv
                        ? CsvExport.WriteAsync(
                            Read(client, request, report, token),
                            target,
                            parsed.GetValue(attributes) ?? []
                        )
                        : WriteLinesAsync(Read(client, request, report, token), target);
                if (parsed.GetValue(output) is not { Length: > 0 } file)
                {
                    await write(screen.RawOutput, _ => { });
                    return;
                }
                var count = await ToFileAsync(screen, client, request, file, write, token);
                screen.Output.MarkupLineInterpolated($"{Words.Count(count, "customer")} in {file}");
            }
        );
        return command;
    }

    private static Task<long> ToFileAsync(
        Screen screen,
        ScoringClient client,
        StreamCustomersRequest request,
        string file,
        Func<TextWriter, Action<long>, Task<long>> write,
        CancellationToken token
    )
    {
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
            async (stream, bar) =>
            {
                await using var target = new StreamWriter(stream, leaveOpen: true);
                return await write(target, done => bar.Report(done, $" ({Words.Count(done)})"));
            },
            token
        );
    }

    private static async IAsyncEnumerable<CustomerScore> Read(
        ScoringClient client,
        StreamCustomersRequest request,
        Action<long> report,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken token
    )
    {
        using var call = client.Customers.StreamCustomers(request, cancellationToken: token);
        var read = 0L;
        await foreach (var answer in call.ResponseStream.ReadAllAsync(token))
        {
            foreach (var customer in answer.Customers)
            {
                yield return customer;
            }
            report(read += answer.Customers.Count);
        }
    }

    private static async Task<long> WriteLinesAsync(IAsyncEnumerable<CustomerScore> customers, TextWriter target)
    {
        var count = 0L;
        await foreach (var customer in customers)
        {
            await target.WriteLineAsync(Lines.Format(customer));
            count++;
        }
        return count;
    }
}
