using Grpc.Core;
using Grpc.Health.V1;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Scoring.Cli.Tests.Support;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Tests.Client;

/// <summary>The key that a client shows: with which calls, to whom, and who never sees it.</summary>
public sealed class ApiKeySpecs
{
    private const string Key = "scoring_4f7c2a91_c2VjcmV0";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("own")]
    [InlineData("container")]
    [InlineData("container with another handler")]
    public async Task The_key_goes_with_every_call_of_every_kind_and_service(string kind)
    {
        await using var server = await AdminServer.StartAsync();
        await using var services = Container(server.Address, Key, kind.Contains("another", StringComparison.Ordinal));
        using var client =
            kind == "own"
                ? new ScoringClient(new ScoringClientOptions { Address = server.Address, ApiKey = Key })
                : services.GetRequiredService<ScoringClient>();

        await client.Admin.ListApiKeysAsync(new ListApiKeysRequest(), cancellationToken: Token);
        await AssertUnknownAsync(async () =>
            await client.Scoring.GetScoreAsync(new GetScoreRequest { CustomerId = "ada" }, cancellationToken: Token)
        );
        await AssertUnknownAsync(() =>
            Task.FromResult(client.Models.GetScoringModel(new GetScoringModelRequest(), cancellationToken: Token))
        );
        await AssertUnknownAsync(async () =>
        {
            using var watch = new Health.HealthClient(client.Invoker).Watch(
                new HealthCheckRequest(),
                cancellationToken: Token
            );
            await watch.ResponseStream.MoveNext(Token);
        });
        await AssertUnknownAsync(async () =>
        {
            await using var events = new EventSender(client);
            await events.SendAsync(new Event { CustomerId = "ada", Type = "visit" }, Token);
            await events.FlushAsync(Token);
        });

        Assert.Equal(
            ["ListApiKeys", "GetScore", "GetScoringModel", "Watch", "StreamEvents"],
            server.Calls.Select(call => call.Method)
        );
        Assert.All(server.Calls, call => Assert.Equal($"Bearer {Key}", call.Authorization));
    }

    [Fact]
    public async Task Without_a_key_none_is_sent_and_a_call_may_bring_its_own()
    {
        await using var server = await AdminServer.StartAsync();
        using var without = new ScoringClient(server.Address);
        using var with = new ScoringClient(new ScoringClientOptions { Address = server.Address, ApiKey = Key });

        await without.Admin.ListApiKeysAsync(new ListApiKeysRequest(), cancellationToken: Token);
        await with.Admin.ListApiKeysAsync(
            new ListApiKeysRequest(),
            new Metadata { { "authorization", "Bearer other" } },
            cancellationToken: Token
        );

        Assert.Equal(["", "Bearer other"], server.Calls.Select(call => call.Authorization));
    }

    [Theory]
    [InlineData("https://scoring.example")]
    [InlineData("http://localhost:5081")]
    [InlineData("http://127.0.0.1:5081")]
    [InlineData("http://[::1]:5081")]
    public void A_key_is_taken_at_an_address_where_nobody_else_reads_it(string address)
    {
        using var client = new ScoringClient(new ScoringClientOptions { Address = address, ApiKey = Key });

        Assert.NotNull(client.Admin);
    }

    [Theory]
    [InlineData("http://scoring.example")]
    [InlineData("http://10.0.0.1:5081")]
    [InlineData("http://0.0.0.0:5081")]
    [InlineData("http://localhost.example:5081")]
    public void A_key_is_refused_at_an_address_where_it_would_cross_a_network_in_plain_text(string address)
    {
        using var services = Container(address, Key);

        var own = Assert.Throws<ArgumentException>(() =>
            new ScoringClient(new ScoringClientOptions { Address = address, ApiKey = Key })
        );
        var contained = Assert.Throws<ArgumentException>(() => services.GetRequiredService<ScoringClient>());

        Assert.All(
            [own, contained],
            error =>
            {
                Assert.Contains($"in plain text to {address}; write https://", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain(Key, error.ToString(), StringComparison.Ordinal);
            }
        );
        // Without a key there is nothing to protect.
        using var without = new ScoringClient(address);
    }

    [Theory]
    [InlineData("")]
    [InlineData("c2Vjcm\nV0")]
    [InlineData("c2VjcmV0\r\nx-other: 1")]
    [InlineData("c2VjcmV0\n")]
    [InlineData("c2Vjcm\0V0")]
    [InlineData("c2Vjcm\u007FV0")]
    [InlineData("c2VjcmV0é")]
    [InlineData("Bearer c2VjcmV0")]
    public void A_key_that_no_header_can_have_is_refused_and_not_repeated(string key)
    {
        using var services = Container("http://localhost:5081", key);

        var own = Assert.Throws<ArgumentException>(() => new ScoringClient(new ScoringClientOptions { ApiKey = key }));
        var contained = Assert.Throws<ArgumentException>(() => services.GetRequiredService<ScoringClient>());

        Assert.All(
            [own, contained],
            error =>
            {
                Assert.StartsWith("ApiKey is no key: ", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain("c2Vjcm", error.ToString(), StringComparison.Ordinal);
            }
        );
    }

    [Fact]
    public async Task The_most_detailed_log_does_not_have_the_key()
    {
        await using var server = await AdminServer.StartAsync();
        await using var services = Container(
            server.Address,
            Key,
            more: services =>
                services
                    // As packages of .NET 8 do unless told otherwise.
                    .ConfigureHttpClientDefaults(http => http.RedactLoggedHeaders(_ => false))
                    .AddLogging(log => log.SetMinimumLevel(LogLevel.Trace).AddFakeLogging())
        );
        var admin = services.GetRequiredService<AdminService.AdminServiceClient>();

        await admin.ListApiKeysAsync(new ListApiKeysRequest(), cancellationToken: Token);

        var lines = services.GetRequiredService<FakeLogCollector>().GetSnapshot();
        Assert.Contains(lines, line => line.Message.Contains("Authorization", StringComparison.Ordinal));
        Assert.DoesNotContain(lines, line => line.Message.Contains("c2VjcmV0", StringComparison.Ordinal));
        Assert.Equal($"Bearer {Key}", server.Calls.Single().Authorization);
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, 2)]
    [InlineData(StatusCode.ResourceExhausted, 2)]
    [InlineData(StatusCode.Unauthenticated, 1)]
    [InlineData(StatusCode.PermissionDenied, 1)]
    public async Task Reads_of_keys_and_revocations_are_tried_again_but_not_as_somebody_who_may_not(
        StatusCode code,
        int attempts
    )
    {
        Assert.Equal(
            attempts,
            await AttemptsAsync(code, admin => admin.ListApiKeysAsync(new ListApiKeysRequest()).ResponseAsync)
        );
        Assert.Equal(
            attempts,
            await AttemptsAsync(code, admin => admin.ListAuditEntriesAsync(new ListAuditEntriesRequest()).ResponseAsync)
        );
        Assert.Equal(
            attempts,
            await AttemptsAsync(
                code,
                admin => admin.RevokeApiKeyAsync(new RevokeApiKeyRequest { KeyId = "4f7c2a91" }).ResponseAsync
            )
        );
    }

    [Theory]
    [InlineData(StatusCode.Unavailable, 1)]
    [InlineData(StatusCode.Cancelled, 1)]
    [InlineData(StatusCode.ResourceExhausted, 2)]
    public async Task A_second_key_is_not_made_where_the_first_may_have_been(StatusCode code, int attempts) =>
        Assert.Equal(
            attempts,
            await AttemptsAsync(code, admin => admin.CreateApiKeyAsync(new CreateApiKeyRequest()).ResponseAsync)
        );

    /// <summary>How often a call is made of which the first attempt fails so.</summary>
    private static async Task<int> AttemptsAsync<T>(
        StatusCode code,
        Func<AdminService.AdminServiceClient, Task<T>> call
    )
    {
        await using var server = await AdminServer.StartAsync();
        server.Admin.Keys.Add(new ApiKey { KeyId = "4f7c2a91" });
        server.Admin.Failures.Enqueue(new RpcException(new Status(code, "")));
        using var client = new ScoringClient(server.Address);

        var failure = await Record.ExceptionAsync(() => call(client.Admin));

        var attempts = server.Calls.Count;
        Assert.Equal(attempts == 1 ? code : null, (failure as RpcException)?.StatusCode);
        return attempts;
    }

    private static async Task AssertUnknownAsync(Func<Task> call) =>
        Assert.Equal(StatusCode.Unimplemented, (await Assert.ThrowsAsync<RpcException>(call)).StatusCode);

    private static ServiceProvider Container(
        string address,
        string key,
        bool anotherHandler = false,
        Action<IServiceCollection>? more = null
    )
    {
        var services = new ServiceCollection();
        var builder = services.AddScoringClient(options =>
        {
            options.Address = address;
            options.ApiKey = key;
        });
        if (anotherHandler)
        {
            builder.ConfigurePrimaryHttpMessageHandler(() => new SocketsHttpHandler());
        }

        more?.Invoke(services);
        return services.BuildServiceProvider();
    }
}
