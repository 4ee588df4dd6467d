using System.Net.Mime;
using System.Text;
using System.Text.RegularExpressions;
using Scoring.Server.Tests.Running;

namespace Scoring.Server.Tests.Calls;

/// <summary>Every call is measured and logged once, those too that never reach a service.</summary>
public sealed partial class ObservedCallTests : IDisposable
{
    private const string Service = "scoring.v1.ScoringService";
    private const string GetScore = $"{Service}/GetScore";
    private const string Unknown = "_OTHER";

    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    /// <summary>A field of length 5 that ends after one byte.</summary>
    private static readonly byte[] Malformed = [0x0A, 5, 1];

    private readonly Folder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public Task Calls_by_gRPC() =>
        ObserveAsync(
            async server =>
            {
                await RawCall.SendAsync(server.Grpc, GetScore, Malformed);
                await RawCall.SendAsync(server.Grpc, GetScore, new byte[300_000]);
                await RawCall.SendAsync(server.Grpc, GetScore, []);
                await RawCall.SendAsync(server.Grpc, $"{Service}/StreamEvents", Malformed);
                await RawCall.SendAsync(server.Grpc, $"{Service}/StreamEvents", []);
                await RawCall.SendAsync(server.Grpc, $"{Service}/GetScores", []);
                await RawCall.SendAsync(server.Grpc, "nobody.Service/GetScore%0Aforged", []);
                await RawCall.SendAsync(server.Grpc, "grpc.health.v1.Health/Check", []);
            },
            [
                (GetScore, "INVALID_ARGUMENT", 2),
                (GetScore, "RESOURCE_EXHAUSTED", 1),
                ($"{Service}/StreamEvents", "INVALID_ARGUMENT", 1),
                ($"{Service}/StreamEvents", "OK", 1),
                (Unknown, "UNIMPLEMENTED", 2),
                ("grpc.health.v1.Health/Check", "OK", 1),
            ],
            [
                $"/{GetScore} INVALID_ARGUMENT application/grpc",
                $"/{GetScore} RESOURCE_EXHAUSTED application/grpc",
                $"/{GetScore} INVALID_ARGUMENT application/grpc",
                $"/{Service}/StreamEvents INVALID_ARGUMENT application/grpc",
                $"/{Service}/StreamEvents OK application/grpc",
                $"/{Service}/GetScores UNIMPLEMENTED application/grpc",
                "/nobody.Service/GetScore%0Aforged UNIMPLEMENTED application/grpc",
                "/grpc.health.v1.Health/Check OK application/grpc",
            ]
        );

    [Fact]
    public Task Calls_by_gRPC_Web() =>
        ObserveAsync(
            async server =>
            {
                foreach (
                    var (method, message) in new[]
                    {
                        (GetScore, Malformed),
                        (GetScore, []),
                        ("no.Service/GetScore", []),
                    }
                )
                {
                    using var body = RawCall.Content(message, "application/grpc-web");
                    using var answer = await server.Http.PostAsync(method, body, Token);
                }
            },
            [(GetScore, "INVALID_ARGUMENT", 2), (Unknown, "UNIMPLEMENTED", 1)],
            [
                $"/{GetScore} INVALID_ARGUMENT application/grpc-web",
                $"/{GetScore} INVALID_ARGUMENT application/grpc-web",
                "/no.Service/GetScore UNIMPLEMENTED application/grpc-web",
            ]
        );

    [Fact]
    public Task Calls_by_JSON() =>
        ObserveAsync(
            async server =>
            {
                await PostAsync(server, """{"customerId": "ada", "type": "purchase"}""");
                await PostAsync(server, """{"customer": "ada"}""");
                await PostAsync(server, "{}", "text/html");
                await PostAsync(server, new string(' ', 300_000));
                await GetAsync(server, "v1/customers/nobody:score");
                await GetAsync(server, "v1/customers/ada:score?colour=red");
                await GetAsync(server, "v1/customers/ada:score?readTime=yesterday");
                await GetAsync(server, "v1/nothing");
                await GetAsync(server, "v1/events");
                await GetAsync(server, "healthz");
                await GetAsync(server, "favicon.ico");
            },
            [
                ($"{Service}/RecordEvent", "OK", 1),
                ($"{Service}/RecordEvent", "INVALID_ARGUMENT", 2),
                ($"{Service}/RecordEvent", "RESOURCE_EXHAUSTED", 1),
                (GetScore, "NOT_FOUND", 1),
                (GetScore, "INVALID_ARGUMENT", 2),
                (Unknown, "UNIMPLEMENTED", 2),
            ],
            [
                $"/{Service}/RecordEvent OK application/json; charset=utf-8",
                $"/{Service}/RecordEvent INVALID_ARGUMENT application/json; charset=utf-8",
                $"/{Service}/RecordEvent INVALID_ARGUMENT text/html; charset=utf-8",
                $"/{Service}/RecordEvent RESOURCE_EXHAUSTED application/json; charset=utf-8",
                $"/{GetScore} NOT_FOUND ",
                $"/{GetScore} INVALID_ARGUMENT ",
                $"/{GetScore} INVALID_ARGUMENT ",
                "/v1/nothing UNIMPLEMENTED ",
                "/v1/events UNIMPLEMENTED ",
            ]
        );

    /// <summary>Lets calls be made, one after the other, of a server that logs them, and looks at what it says of them.</summary>
    private async Task ObserveAsync(
        Func<ServerInstance, Task> call,
        (string Method, string Code, int Calls)[] measured,
        string[] logged
    )
    {
        await using var server = await ServerInstance.StartAsync(
            _folder,
            ["--AccessLog=true", "--MaxMessageBytes=256KiB"]
        );

        await call(server);

        var metrics = await server.Http.GetStringAsync("metrics", Token);
        Assert.Equal(0, await server.StopAsync());
        Assert.Equal(
            measured.Order(),
            Duration()
                .Matches(metrics)
                .Select(match => (Tag(match, "rpc_method"), Tag(match, "rpc_status_code"), Count(match)))
                .Order()
        );
        Assert.Equal(
            logged,
            Line().Matches(await server.Errors).Select(match => $"{match.Groups["call"]} {match.Groups["type"]}")
        );

        static string Tag(Match match, string name) =>
            Regex
                .Match(
                    match.Groups["tags"].Value,
                    $"{name}=\"(?<value>[^\"]*)\"",
                    RegexOptions.None,
                    TimeSpan.FromSeconds(1)
                )
                .Groups["value"]
                .Value;

        static int Count(Match match) => int.Parse(match.Groups["count"].Value);
    }

    private static async Task PostAsync(
        ServerInstance server,
        string json,
        string type = MediaTypeNames.Application.Json
    )
    {
        using var body = new StringContent(json, Encoding.UTF8, type);
        using var answer = await server.Http.PostAsync("v1/events", body, Token);
    }

    private static async Task GetAsync(ServerInstance server, string path)
    {
        using var answer = await server.Http.GetAsync(path, Token);
    }

    [GeneratedRegex(
        @"^rpc_server_call_duration_seconds_count\{(?<tags>.*)\} (?<count>\d+)",
        RegexOptions.Multiline,
        1_000
    )]
    private static partial Regex Duration();

    [GeneratedRegex(
        @"Scoring\.Server\.Access\[1\] (?<call>\S+ [A-Z_]+) in [\d.]+ ms from ipv4:127\.0\.0\.1:\d+ by (?<type>.*)$",
        RegexOptions.Multiline,
        1_000
    )]
    private static partial Regex Line();
}
