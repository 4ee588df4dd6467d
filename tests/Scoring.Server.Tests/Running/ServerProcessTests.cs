using System.Net;
using System.Net.Sockets;
using Grpc.Core;

namespace Scoring.Server.Tests.Running;

public sealed class ServerProcessTests : IDisposable
{
    private readonly Folder _folder = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("TERM")]
    [InlineData("INT")]
    public async Task What_was_recorded_is_there_after_a_stop_and_a_start(string signal)
    {
        double before;
        await using (var server = await ServerInstance.StartAsync(_folder))
        {
            var answer = await server.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>(
                "RecordEvents",
                Purchases()
            );
            Assert.Equal((2, V1.Durability.OnDisk), (answer.AcceptedCount, answer.Durability));
            before = (await ScoreAsync(server)).Score;
            Assert.Equal(0, await server.StopAsync(signal));
        }
        await using (var server = await ServerInstance.StartAsync(_folder))
        {
            Assert.Contains(" 1 customers recovered in ", server.Greeting, StringComparison.Ordinal);
            Assert.Equal(before, (await ScoreAsync(server)).Score);
            var again = await server.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>(
                "RecordEvents",
                Purchases()
            );
            Assert.Equal((0, 2), (again.AcceptedCount, again.DuplicateCount));
        }
    }

    [Fact]
    public async Task One_line_at_start_says_where_it_listens_and_where_its_data_is()
    {
        await using var server = await ServerInstance.StartAsync(_folder);

        Assert.Matches(
            @"^Scoring \d+\.\d+\.\d+: gRPC http://127\.0\.0\.1:\d+, HTTP http://127\.0\.0\.1:\d+, data /.*/data \(default\), 0 customers recovered in \d+\.\d\d s$",
            server.Greeting
        );
        Assert.Contains($"gRPC {server.Grpc},", server.Greeting, StringComparison.Ordinal);
        Assert.True(Directory.Exists(_folder["data"]));
    }

    [Fact]
    public async Task Ports_are_told_while_it_listens_and_no_longer()
    {
        await using var server = await ServerInstance.StartAsync(_folder);
        Assert.True(server.TellsPorts);

        await server.StopAsync();

        Assert.False(server.TellsPorts);
    }

    [Fact]
    public async Task Default_model_that_does_not_exist_stops_the_start_with_those_that_do()
    {
        var (code, output, errors) = await ServerInstance.RunToEndAsync(
            _folder,
            [.. FreePorts, "--Workspaces:trial:DefaultModel=adoption", "--Workspaces:default:DefaultModel=engagment"]
        );

        Assert.Equal((2, ""), (code, output));
        Assert.Collection(
            Lines(errors),
            line =>
                Assert.StartsWith(
                    "Setting Scoring:Workspaces:default:DefaultModel is 'engagment' but must be a model of the workspace, which has engagement;",
                    line,
                    StringComparison.Ordinal
                ),
            line =>
                Assert.StartsWith(
                    "Setting Scoring:Workspaces:trial:DefaultModel is 'adoption'",
                    line,
                    StringComparison.Ordinal
                )
        );
        Assert.False(Directory.Exists(_folder["data"]));
    }

    [Fact]
    public async Task Default_model_may_be_one_that_was_put_and_is_missed_in_a_store_too()
    {
        await using (var server = await ServerInstance.StartAsync(_folder))
        {
            var model = await GetModelAsync(server);
            (model.Name, model.Etag) = ("adoption", "");
            await server.CallAsync<V1.PutScoringModelRequest, V1.ScoringModel>(
                "PutScoringModel",
                new() { Model = model }
            );
            Assert.Equal(0, await server.StopAsync());
        }

        await using (
            var server = await ServerInstance.StartAsync(_folder, ["--Workspaces:default:DefaultModel=adoption"])
        )
        {
            Assert.Equal("adoption", (await GetModelAsync(server)).Name);
            Assert.Equal(0, await server.StopAsync());
        }
        var (code, _, errors) = await ServerInstance.RunToEndAsync(
            _folder,
            [.. FreePorts, "--Workspaces:default:DefaultModel=activation"]
        );

        Assert.Equal(2, code);
        Assert.Contains(
            Lines(errors),
            line => line.Contains("which has adoption, engagement; ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task Folder_without_models_is_told_by_the_default_model_that_it_lacks()
    {
        Directory.CreateDirectory(_folder["models"]);

        var (code, _, errors) = await ServerInstance.RunToEndAsync(_folder, [.. FreePorts, "--ModelsDirectory=models"]);

        Assert.Equal(2, code);
        Assert.EndsWith(
            $"which has none; model files are looked for in {_folder["models"]}.",
            Assert.Single(Lines(errors)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Model_that_does_not_go_with_the_half_lives_of_a_workspace_is_told_with_its_name_and_what_to_do()
    {
        var (code, _, errors) = await ServerInstance.RunToEndAsync(
            _folder,
            [.. FreePorts, "--Workspaces:trial:HalfLivesDays=3,14"]
        );

        Assert.Equal(1, code);
        var lines = Lines(errors);
        Assert.All(
            lines[..^1],
            line => Assert.EndsWith("a half-life of workspace 'trial': 3, 14", line, StringComparison.Ordinal)
        );
        Assert.Contains($"{Path.Combine("models", "trial")}: is no directory;", lines[^1], StringComparison.Ordinal);
    }

    [Fact]
    public async Task Batch_without_a_good_element_is_answered_too()
    {
        await using var server = await ServerInstance.StartAsync(_folder);

        var events = await server.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>(
            "RecordEvents",
            new() { Events = { new V1.Event() } }
        );
        var customers = await server.CallAsync<V1.UpsertCustomersRequest, V1.UpsertCustomersResponse>(
            "UpsertCustomers",
            new() { Customers = { new V1.Customer() } }
        );
        var accounts = await server.CallAsync<V1.UpsertAccountsRequest, V1.UpsertAccountsResponse>(
            "UpsertAccounts",
            new()
        );

        Assert.Equal((0, 1, V1.Durability.OnDisk), (events.AcceptedCount, events.Rejections.Count, events.Durability));
        Assert.Equal(
            (0, 1, V1.Durability.OnDisk),
            (customers.UpsertedCount, customers.Rejections.Count, customers.Durability)
        );
        Assert.Equal(
            (0, 0, V1.Durability.OnDisk),
            (accounts.UpsertedCount, accounts.Rejections.Count, accounts.Durability)
        );
    }

    [Fact]
    public async Task Customer_segment_and_account_are_answered_for_from_what_was_recorded()
    {
        await using var server = await ServerInstance.StartAsync(_folder);
        await server.CallAsync<V1.UpsertAccountsRequest, V1.UpsertAccountsResponse>(
            "UpsertAccounts",
            new()
            {
                Accounts =
                {
                    new V1.Account { AccountId = "acme", SeatCount = 2 },
                },
            }
        );
        await server.CallAsync<V1.UpsertCustomersRequest, V1.UpsertCustomersResponse>(
            "UpsertCustomers",
            new() { Customers = { Customer("ada", "pro"), Customer("bob", "pro"), Customer("eve", "free") } }
        );
        await server.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>("RecordEvents", Purchases());

        var segment = await server.CallAsync<V1.GetSegmentStatsRequest, V1.SegmentStats>(
            "GetSegmentStats",
            new()
            {
                Filter = "plan = \"pro\"",
                ReadTime = At(12),
                TopCount = 1,
            }
        );
        var account = await server.CallAsync<V1.GetAccountHealthRequest, V1.AccountHealth>(
            "GetAccountHealth",
            new() { AccountId = "acme", ReadTime = At(12) }
        );
        var score = await ScoreAsync(server);

        Assert.Equal((2, 1), (segment.CustomerCount, segment.Activity.Dau));
        Assert.Equal((score.Score, "ada"), (segment.Max, segment.TopCustomers[0].CustomerId));
        Assert.Equal(score.Score / 2, segment.Mean, 12);
        Assert.Equal(
            (3, 1, 50.0),
            (account.CustomerCount, account.Breadth.ActiveCustomerCount, account.Breadth.PartScore)
        );
        Assert.Equal("purchase", score.Contributions.MaxBy(contribution => contribution.Points)!.EventType);
        var early = await Assert.ThrowsAsync<RpcException>(() =>
            server.CallAsync<V1.GetAccountHealthRequest, V1.AccountHealth>(
                "GetAccountHealth",
                new() { AccountId = "acme", ReadTime = At(9) }
            )
        );
        // It was upserted long after.
        Assert.Equal(StatusCode.NotFound, early.StatusCode);
    }

    [Fact]
    public async Task Health_and_metrics_are_served_over_plain_HTTP()
    {
        await using var server = await ServerInstance.StartAsync(_folder);
        await server.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>("RecordEvents", Purchases());

        Assert.Equal("ok\n", await server.Http.GetStringAsync("/healthz", Token));
        Assert.Equal("ready\n", await server.Http.GetStringAsync("/readyz", Token));
        var metrics = await server.Http.GetStringAsync("/metrics", Token);
        Assert.Contains("rpc_server_call_duration_seconds_count", metrics, StringComparison.Ordinal);
        Assert.Contains("scoring_engine_", metrics, StringComparison.Ordinal);
        Assert.Contains("kestrel_", metrics, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_service_is_called_in_JSON_over_plain_HTTP()
    {
        await using var server = await ServerInstance.StartAsync(_folder);
        await server.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>("RecordEvents", Purchases());

        var json = await server.Http.GetStringAsync("/v1/customers/ada:score", Token);

        var score = V1.CustomerScore.Parser.ParseJson(json);
        Assert.Equal("ada", score.CustomerId);
        Assert.True(score.Score > 0, $"{score.Score}");
    }

    [Fact]
    public async Task Shipped_model_scores_from_the_first_start()
    {
        await using var server = await ServerInstance.StartAsync(_folder);
        await server.CallAsync<V1.RecordEventRequest, V1.RecordEventResponse>(
            "RecordEvent",
            new()
            {
                Event = new V1.Event { CustomerId = "ada", Type = "mystery" },
            }
        );

        var answer = await server.CallAsync<V1.GetScoringModelRequest, V1.ScoringModel>("GetScoringModel", new());

        Assert.Equal(("engagement", 1, 5), (answer.Name, answer.Version, answer.Bands.Count));
        Assert.Equal(["mystery"], answer.UnscoredEventTypes);
    }

    [Fact]
    public async Task Edited_model_file_is_taken_at_the_next_start_and_an_untouched_one_leaves_what_was_put()
    {
        var shipped = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "models", "engagement.json"),
            Token
        );
        var file = _folder.Write("models/engagement.json", shipped);
        string[] arguments = ["--ModelsDirectory=models"];
        await using (var server = await ServerInstance.StartAsync(_folder, arguments))
        {
            var model = (await GetModelAsync(server)).Clone();
            model.TargetPoints = 50;
            var put = await server.CallAsync<V1.PutScoringModelRequest, V1.ScoringModel>(
                "PutScoringModel",
                new() { Model = model }
            );
            Assert.Equal(2, put.Version);
            await server.StopAsync();
        }
        await using (var server = await ServerInstance.StartAsync(_folder, arguments))
        {
            Assert.Equal((2, 50.0), await VersionAndTargetAsync(server));
            await server.StopAsync();
        }
        await File.WriteAllTextAsync(
            file,
            shipped.Replace("\"target_points\": 90", "\"target_points\": 120", StringComparison.Ordinal),
            Token
        );
        await using (var server = await ServerInstance.StartAsync(_folder, arguments))
        {
            Assert.Equal((3, 120.0), await VersionAndTargetAsync(server));
        }
    }

    [Fact]
    public async Task Open_stream_does_not_hold_up_the_stop()
    {
        await using var server = await ServerInstance.StartAsync(_folder, ["--ShutdownTimeout=1h"]);
        using var call = new V1.ScoringService.ScoringServiceClient(server.Channel).StreamEvents(
            cancellationToken: Token
        );
        await call.RequestStream.WriteAsync(Purchases(), Token);
        await using var answers = call.ResponseStream.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        Assert.True(await answers.MoveNextAsync());
        // As a producer has it: it waits for the next answer.
        var next = answers.MoveNextAsync();

        Assert.Equal(0, await server.StopAsync());

        var error = await Assert.ThrowsAsync<RpcException>(async () => await next);
        Assert.Equal(StatusCode.Unavailable, error.StatusCode);
    }

    [Fact]
    public async Task File_then_environment_then_command_line()
    {
        _folder.Write(
            "appsettings.json",
            """{ "Scoring": { "MaxBatch": 1, "Durability": "InOsCache", "Workspaces": { "trial": {} } } }"""
        );
        var environment = new Dictionary<string, string>
        {
            ["SCORING__MAXBATCH"] = "2",
            ["SCORING__DATADIRECTORY"] = "env",
        };
        await using var server = await ServerInstance.StartAsync(
            _folder,
            ["--Scoring:DataDirectory=line"],
            environment
        );

        var answer = await server.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>(
            "RecordEvents",
            Purchases()
        );

        Assert.Equal((2, V1.Durability.InOsCache), (answer.AcceptedCount, answer.Durability));
        Assert.Contains($"data {_folder["line"]}, ", server.Greeting, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["env"]));
        var three = Purchases();
        three.Events.Add(three.Events[0]);
        await Assert.ThrowsAsync<RpcException>(() =>
            server.CallAsync<V1.RecordEventsRequest, V1.RecordEventsResponse>("RecordEvents", three)
        );
    }

    [Theory]
    [InlineData("--MaxBatches=5", "Unknown setting Scoring:MaxBatches;")]
    [InlineData("--MaxBatch=none", "Setting Scoring:MaxBatch is 'none' but must be a whole number")]
    [InlineData("--Logging:LogLevel:Default=loud", "Setting Logging:LogLevel: ")]
    [InlineData("--Workspaces:trial:Model=x", "Unknown setting Scoring:Workspaces:trial:Model;")]
    [InlineData("--Logging:LogLevl:Default=Debug", "Unknown setting Logging:LogLevl; known here: LogLevel, ")]
    [InlineData("--HttpEndpoint=*:5081", "Setting Scoring:HttpEndpoint is [::]:5081 but must have another port")]
    [InlineData(
        "--PortsFile=no/such/folder/ports.json",
        "Setting Scoring:PortsFile is 'no/such/folder/ports.json' but"
    )]
    [InlineData("--PortsFile=.", "Setting Scoring:PortsFile is '.' but")]
    [InlineData("--TlsRequireClientCertificate=true", "Setting Scoring:TlsClientCa is missing; ")]
    public async Task Bad_setting_stops_the_start_with_its_name(string argument, string start)
    {
        var (code, output, errors) = await ServerInstance.RunToEndAsync(_folder, [argument, "--Insecure"]);

        Assert.Equal((2, ""), (code, output));
        Assert.StartsWith(start, Assert.Single(Lines(errors)), StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["data"]));
    }

    [Fact]
    public async Task Unknown_setting_in_the_environment_stops_the_start()
    {
        var environment = new Dictionary<string, string> { ["SCORING__WORKSPACES__TRIAL__COLOUR"] = "red" };

        var (code, _, errors) = await ServerInstance.RunToEndAsync(_folder, [], environment);

        Assert.Equal(2, code);
        Assert.Contains(
            "Scoring:WORKSPACES:TRIAL:COLOUR",
            Assert.Single(Lines(errors)),
            StringComparison.OrdinalIgnoreCase
        );
    }

    [Theory]
    [InlineData("SCORING_MAXBATCH", "SCORING__MAXBATCH")]
    [InlineData("SCORING_MAX_BATCH", "SCORING__MAXBATCH")]
    public async Task Variable_that_nobody_would_look_at_stops_the_start(string name, string meant)
    {
        var (code, _, errors) = await ServerInstance.RunToEndAsync(_folder, [], new() { [name] = "5" });

        Assert.Equal(2, code);
        Assert.Equal($"Unknown variable {name}. Did you mean {meant}?", Assert.Single(Lines(errors)));
    }

    [Theory]
    [InlineData("""{ "MaxBatch": 5 }""", "MaxBatch")]
    [InlineData("""{ "Scorring": { "MaxBatch": 5 } }""", "Scorring")]
    public async Task Section_of_a_file_that_nobody_would_look_at_stops_the_start(string settings, string section)
    {
        var file = _folder.Write("appsettings.json", settings);

        var (code, _, errors) = await ServerInstance.RunToEndAsync(_folder, []);

        Assert.Equal(2, code);
        Assert.StartsWith(
            $"Unknown section {section} in {file};",
            Assert.Single(Lines(errors)),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task Settings_file_that_is_no_JSON_stops_the_start_with_file_and_line()
    {
        var file = _folder.Write("appsettings.json", "{\n  \"Scoring\": {\n    \"MaxBatch\": \n}");

        var (code, _, errors) = await ServerInstance.RunToEndAsync(_folder, []);

        Assert.Equal(2, code);
        var line = Assert.Single(Lines(errors));
        Assert.Contains(file, line, StringComparison.Ordinal);
        Assert.Contains("LineNumber: 3", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Bad_model_file_stops_the_start_with_line_and_reason_and_touches_nothing()
    {
        _folder.Write("models/engagement.json", "{\n  \"name\": \"engagement\",\n  \"target\": 5\n}");

        var (code, output, errors) = await ServerInstance.RunToEndAsync(_folder, ["--ModelsDirectory=models"]);

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith(
            Path.Combine("models", "engagement.json") + ":3:3: target is unknown",
            Assert.Single(Lines(errors)),
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(_folder["data"]));
    }

    [Theory]
    [InlineData("models/eu/engagement.json", "eu: there is no workspace 'eu'")]
    [InlineData("models/copy.json", "engagement.json: model 'engagement' is in")]
    public async Task Model_file_that_belongs_nowhere_stops_the_start(string path, string reason)
    {
        var shipped = await File.ReadAllTextAsync(
            Path.Combine(AppContext.BaseDirectory, "models", "engagement.json"),
            Token
        );
        _folder.Write("models/engagement.json", shipped);
        _folder.Write(path, shipped);

        var (code, _, errors) = await ServerInstance.RunToEndAsync(_folder, ["--ModelsDirectory=models"]);

        Assert.Equal(1, code);
        Assert.Contains(reason, Assert.Single(Lines(errors)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Foreign_store_stops_the_start_and_is_left_as_it_is()
    {
        var file = _folder.Write("data/scoring.store", "this is somebody's diary\n");

        var (code, output, errors) = await ServerInstance.RunToEndAsync(_folder, FreePorts);

        Assert.Equal((1, ""), (code, output));
        Assert.Single(
            Lines(errors),
            line =>
                line.StartsWith("Cannot start: ", StringComparison.Ordinal)
                && line.Contains("scoring.store", StringComparison.Ordinal)
        );
        Assert.DoesNotContain("   at ", errors, StringComparison.Ordinal);
        Assert.Equal("this is somebody's diary\n", await File.ReadAllTextAsync(file, Token));
    }

    [Theory]
    [InlineData("GrpcEndpoint")]
    [InlineData("HttpEndpoint")]
    public async Task Port_in_use_is_told_in_one_line_before_a_store_is_opened(string setting)
    {
        using var taken = new TcpListener(IPAddress.Loopback, 0);
        taken.Start();
        var endpoint = taken.LocalEndpoint.ToString()!;

        var (code, output, errors) = await ServerInstance.RunToEndAsync(
            _folder,
            [.. FreePorts.Where(port => !port.Contains(setting, StringComparison.Ordinal)), $"--{setting}={endpoint}"]
        );

        Assert.Equal((1, ""), (code, output));
        Assert.StartsWith(
            $"Cannot start: Scoring:{setting} {endpoint} cannot be listened on: ",
            Assert.Single(Lines(errors)),
            StringComparison.Ordinal
        );
        Assert.False(Directory.Exists(_folder["data"]));
    }

    [Fact]
    public async Task Second_server_on_the_same_data_does_not_start()
    {
        await using var server = await ServerInstance.StartAsync(_folder);

        var (code, _, errors) = await ServerInstance.RunToEndAsync(_folder, FreePorts);

        Assert.Equal(1, code);
        Assert.Contains(Lines(errors), line => line.StartsWith("Cannot start: ", StringComparison.Ordinal));
        Assert.Equal("ready\n", await server.Http.GetStringAsync("/readyz", Token));
    }

    [Theory]
    [InlineData("--help", "--MaxBatch=10000")]
    [InlineData("--version", "Scoring ")]
    public async Task Help_and_version_start_nothing(string argument, string expected)
    {
        var (code, output, errors) = await ServerInstance.RunToEndAsync(_folder, [argument]);

        Assert.Equal((0, ""), (code, errors));
        Assert.Contains(expected, output, StringComparison.Ordinal);
        Assert.False(Directory.Exists(_folder["data"]));
    }

    private static string[] FreePorts => ["--GrpcEndpoint=127.0.0.1:0", "--HttpEndpoint=127.0.0.1:0"];

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private static V1.RecordEventsRequest Purchases() =>
        new()
        {
            Events =
            {
                new V1.Event
                {
                    CustomerId = "ada",
                    EventId = "e-1",
                    Type = "purchase",
                    OccurredAt = At(9),
                },
                new V1.Event
                {
                    CustomerId = "ada",
                    EventId = "e-2",
                    Type = "session_started",
                    OccurredAt = At(10),
                },
            },
        };

    private static V1.Customer Customer(string id, string plan) =>
        new()
        {
            CustomerId = id,
            AccountId = "acme",
            Attributes = { ["plan"] = plan },
        };

    private static Google.Protobuf.WellKnownTypes.Timestamp At(int hour) =>
        Google.Protobuf.WellKnownTypes.Timestamp.FromDateTimeOffset(new(2026, 1, 5, hour, 0, 0, TimeSpan.Zero));

    private static Task<V1.CustomerScore> ScoreAsync(ServerInstance server) =>
        server.CallAsync<V1.GetScoreRequest, V1.CustomerScore>(
            "GetScore",
            new() { CustomerId = "ada", ReadTime = At(12) }
        );

    private static Task<V1.ScoringModel> GetModelAsync(ServerInstance server) =>
        server.CallAsync<V1.GetScoringModelRequest, V1.ScoringModel>("GetScoringModel", new());

    private static async Task<(int Version, double Target)> VersionAndTargetAsync(ServerInstance server)
    {
        var model = await GetModelAsync(server);
        return (model.Version, model.TargetPoints);
    }
}
