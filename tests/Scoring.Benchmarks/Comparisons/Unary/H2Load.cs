using System.Diagnostics;
using System.Globalization;
using System.Text.RegularExpressions;
using Scoring.Benchmarks.Comparisons.Ingest;
using Scoring.Benchmarks.Comparisons.Processes;
using Scoring.V1;

namespace Scoring.Benchmarks.Comparisons.Unary;

/// <summary>Runs h2load, from Debian's <c>nghttp2-client</c>.</summary>
internal sealed partial class H2Load(Workplace workplace)
{
    /// <summary>Sends the same unary call again and again, 32 at a time on each of two connections.</summary>
    /// <param name="url">Where to.</param>
    /// <param name="body">A file with the request's body.</param>
    /// <param name="requests">How many.</param>
    /// <returns>Requests per second.</returns>
    /// <exception cref="InvalidOperationException">h2load is not installed, or some request was not answered 200.</exception>
    public async Task<double> RunAsync(string url, string body, int requests)
    {
        var output = await RunAsync(url, body, requests, "--clients=2", "--max-concurrent-streams=32");
        return double.Parse(Rate().Match(output).Groups["rate"].ValueSpan, CultureInfo.InvariantCulture);
    }

    /// <summary>Makes files with the bodies of GetScore and RecordEvent for one customer.</summary>
    public async Task<(string Score, string Record)> BodiesOfOneCustomerAsync()
    {
        var item = new Event { CustomerId = Traffic.Customer(0), Type = Traffic.TypeAt(0).Name };
        return (
            await BodyAsync(EventRequest.Framed(new GetScoreRequest { CustomerId = item.CustomerId })),
            await BodyAsync(EventRequest.Framed(new RecordEventRequest { Event = item }))
        );
    }

    /// <summary>Makes a file with the body of a request.</summary>
    public async Task<string> BodyAsync(byte[] framed)
    {
        var file = Path.Combine(workplace.NewDirectory(), "body");
        await File.WriteAllBytesAsync(file, framed);
        return file;
    }

    private async Task<string> RunAsync(string url, string body, int requests, params string[] options)
    {
        var start = new ProcessStartInfo("h2load")
        {
            UseShellExecute = false,
            RedirectStandardOutput = true,
            ArgumentList =
            {
                $"--requests={requests}",
                $"--data={body}",
                "--header=content-type: application/grpc",
                "--header=te: trailers",
            },
        };
        Array.ForEach(options, start.ArgumentList.Add);
        start.ArgumentList.Add(url);
        var process = workplace.Start(start);
        var output = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        return output.Contains($" {requests} 2xx", StringComparison.Ordinal)
            ? output
            : throw new InvalidOperationException($"h2load got other answers than {requests} times 200:\n{output}");
    }

    [GeneratedRegex(@"(?<rate>[0-9.]+) req/s", RegexOptions.NonBacktracking | RegexOptions.ExplicitCapture)]
    private static partial Regex Rate();
}
