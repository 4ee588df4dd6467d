using Grpc.Core;
using Microsoft.Extensions.DependencyInjection;
using Scoring.Cli.Tests.Support;
using Scoring.Client;
using Scoring.V1;

namespace Scoring.Cli.Tests.Client;

/// <summary>The client in a container.</summary>
public sealed class RegistrationSpecs
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_registration_gives_the_client_and_the_clients_of_both_services()
    {
        await using var server = await RunningServer.StartAsync();
        await using var services = new ServiceCollection()
            .AddScoringClient(options => options.Address = server.Address)
            .Services.BuildServiceProvider();

        var scoring = services.GetRequiredService<ScoringService.ScoringServiceClient>();
        var models = services.GetRequiredService<ModelService.ModelServiceClient>();
        await using (var events = new EventSender(services.GetRequiredService<ScoringClient>()))
        {
            await events.SendAsync(new Event { CustomerId = "ada", Type = "session_started" }, Token);
            await events.FlushAsync(Token);
        }

        var score = await scoring.GetScoreAsync(new GetScoreRequest { CustomerId = "ada" }, cancellationToken: Token);
        var model = await models.GetScoringModelAsync(new GetScoringModelRequest(), cancellationToken: Token);
        Assert.True(score.Score > 0);
        Assert.Equal("engagement", model.Name);
    }

    [Fact]
    public async Task A_call_without_a_deadline_has_that_of_the_options()
    {
        // It takes connections and never answers.
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        await using var services = new ServiceCollection()
            .AddScoringClient(options =>
            {
                options.Address = $"http://{silent.LocalEndpoint}";
                options.Timeout = TimeSpan.FromMilliseconds(200);
            })
            .Services.BuildServiceProvider();
        var scoring = services.GetRequiredService<ScoringService.ScoringServiceClient>();

        var error = await Assert.ThrowsAsync<RpcException>(async () =>
            await scoring.GetScoreAsync(new GetScoreRequest { CustomerId = "ada" }, cancellationToken: Token)
        );

        Assert.Equal(StatusCode.DeadlineExceeded, error.StatusCode);
    }

    [Fact]
    public async Task A_message_that_the_client_itself_refuses_names_the_setting_of_the_client()
    {
        await using var server = await RunningServer.StartAsync();
        using var client = new ScoringClient(
            new ScoringClientOptions { Address = server.Address, MaxMessageBytes = 200 }
        );

        var sent = await Assert.ThrowsAsync<RpcException>(() =>
            client
                .Scoring.GetScoreAsync(
                    new GetScoreRequest { CustomerId = new string('a', 250) },
                    cancellationToken: Token
                )
                .ResponseAsync
        );
        var received = Assert.Throws<RpcException>(() =>
            client.Models.GetScoringModel(new GetScoringModelRequest(), cancellationToken: Token)
        );

        Assert.StartsWith(
            "The request is larger than ScoringClientOptions.MaxMessageBytes",
            sent.Status.Detail,
            StringComparison.Ordinal
        );
        Assert.StartsWith(
            "The answer is larger than ScoringClientOptions.MaxMessageBytes",
            received.Status.Detail,
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData("localhost:5081")]
    [InlineData("ftp://localhost")]
    public void An_address_that_is_none_is_told_when_the_client_is_asked_for(string address)
    {
        using var services = new ServiceCollection()
            .AddScoringClient(options => options.Address = address)
            .Services.BuildServiceProvider();

        var error = Assert.Throws<ArgumentException>(() => services.GetRequiredService<ScoringClient>());

        Assert.Contains(address, error.Message, StringComparison.Ordinal);
    }
}
