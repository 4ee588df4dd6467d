using Grpc.Health.V1;
using ServingStatus = Grpc.Health.V1.HealthCheckResponse.Types.ServingStatus;

namespace Scoring.Rpc.Tests.Server;

public sealed class HealthTests
{
    private const string EchoName = "scoring.rpc.test.EchoService";
    private static readonly Google.Protobuf.Reflection.ServiceDescriptor Service = HealthReflection.Descriptor.Services[
        0
    ];
    private static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Check = RpcMethod.Of<
        HealthCheckRequest,
        HealthCheckResponse
    >(Service, "Check");
    private static readonly RpcMethod<HealthCheckRequest, HealthCheckResponse> Watch = RpcMethod.Of<
        HealthCheckRequest,
        HealthCheckResponse
    >(Service, "Watch");
    private static readonly RpcMethod<HealthListRequest, HealthListResponse> List = RpcMethod.Of<
        HealthListRequest,
        HealthListResponse
    >(Service, "List");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_mapped_service_follows_the_whole_server_until_it_is_set()
    {
        await using var server = await StartAsync();
        Assert.Equal(ServingStatus.Serving, await StatusAsync(server, ""));
        Assert.Equal(ServingStatus.Serving, await StatusAsync(server, EchoName));

        server.Health.SetStatus("", HealthStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await StatusAsync(server, EchoName));

        server.Health.SetStatus(EchoName, HealthStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await StatusAsync(server, EchoName));
        Assert.Equal(ServingStatus.NotServing, await StatusAsync(server, ""));
    }

    [Fact]
    public async Task An_unknown_service_is_not_found()
    {
        await using var server = await StartAsync();

        var error = await Assert.ThrowsAsync<RpcException>(() => StatusAsync(server, "nowhere"));

        Assert.Equal(StatusCode.NotFound, error.Code);
    }

    [Fact]
    public async Task All_statuses_are_listed()
    {
        await using var server = await StartAsync();
        server.Health.SetStatus("later.Service", HealthStatus.NotServing);

        var response = await server.Channel.UnaryAsync(List, new HealthListRequest());

        Assert.Equal(ServingStatus.Serving, response.Statuses[""].Status);
        Assert.Equal(ServingStatus.Serving, response.Statuses[EchoName].Status);
        Assert.Equal(ServingStatus.NotServing, response.Statuses["later.Service"].Status);
    }

    [Fact]
    public async Task A_watcher_is_told_of_every_change_and_of_the_stop()
    {
        await using var server = await StartAsync();
        await using var call = server.Channel.ServerStreaming(
            Watch,
            new HealthCheckRequest { Service = "later.Service" }
        );
        await using var statuses = call.ReadAllAsync(Token).GetAsyncEnumerator(Token);
        Assert.Equal(ServingStatus.ServiceUnknown, await NextAsync());

        server.Health.SetStatus("later.Service", HealthStatus.NotServing);
        Assert.Equal(ServingStatus.NotServing, await NextAsync());
        server.Health.SetStatus("other.Service", HealthStatus.Serving);
        server.Health.SetStatus("later.Service", HealthStatus.Serving);
        Assert.Equal(ServingStatus.Serving, await NextAsync());

        var stop = server.StopAsync();
        Assert.Equal(ServingStatus.NotServing, await NextAsync());
        Assert.False(await statuses.MoveNextAsync());
        await stop;

        async Task<ServingStatus> NextAsync()
        {
            Assert.True(await statuses.MoveNextAsync());
            return statuses.Current.Status;
        }
    }

    private static Task<TestServer> StartAsync() => TestServer.StartAsync(map: app => app.MapRpcHealth());

    private static async Task<ServingStatus> StatusAsync(TestServer server, string service) =>
        (await server.Channel.UnaryAsync(Check, new HealthCheckRequest { Service = service })).Status;
}
