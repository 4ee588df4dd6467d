using System.Collections.Concurrent;
using System.Net;
using Google.Protobuf;
using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Scoring.V1;

namespace Scoring.Cli.Tests.Support;

/// <summary>
/// A server that has AdminService alone, in the memory of the test, and keeps what its callers send. Calls of other services are UNIMPLEMENTED, and kept
/// all the same.
/// </summary>
internal sealed class AdminServer : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AdminServer(WebApplication app, Service service) => (_app, Admin) = (app, service);

    public string Address => _app.Urls.Single();

    public Service Admin { get; }

    /// <summary>The calls so far: which method, and what stood in <c>authorization</c>.</summary>
    public ConcurrentQueue<(string Method, string Authorization)> Calls { get; } = new();

    public static async Task<AdminServer> StartAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel =>
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.Protocols = HttpProtocols.Http2)
        );
        builder.Services.AddGrpc();
        var service = new Service();
        builder.Services.AddSingleton(service);
        var app = builder.Build();
        var server = new AdminServer(app, service);
        app.Use(
            (http, next) =>
            {
                var method = http.Request.Path.Value!.Split('/')[^1];
                server.Calls.Enqueue((method, http.Request.Headers.Authorization.ToString()));
                return next(http);
            }
        );
        app.MapGrpcService<Service>();
        await app.StartAsync(TestContext.Current.CancellationToken);
        return server;
    }

    /// <summary>A refusal as the server words it.</summary>
    public static RpcException Refusal(StatusCode code, string reason) =>
        new Google.Rpc.Status
        {
            Code = (int)code,
            Message = "Refused.",
            Details = { Any.Pack(new ErrorInfo { Domain = "scoring", Reason = reason }) },
        }.ToRpcException();

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    internal sealed class Service : AdminService.AdminServiceBase
    {
        public const string Secret = "scoring_4f7c2a91_c2VjcmV0";

        /// <summary>What the next calls fail with, in this order.</summary>
        public ConcurrentQueue<RpcException> Failures { get; } = new();

        public ConcurrentQueue<IMessage> Requests { get; } = new();

        public List<ApiKey> Keys { get; } = [];

        public List<AuditEntry> Entries { get; } = [];

        /// <summary>Most elements of an answer, whatever is asked for.</summary>
        public int MostOfPage { get; set; } = 1_000;

        public override Task<CreateApiKeyResponse> CreateApiKey(CreateApiKeyRequest request, ServerCallContext context)
        {
            Take(request);
            var key = new ApiKey
            {
                KeyId = "4f7c2a91",
                Owner = request.Owner,
                Grants = { request.Grants },
                ExpireTime = request.ExpireTime,
            };
            Keys.Add(key);
            return Task.FromResult(new CreateApiKeyResponse { Secret = Secret, Key = key });
        }

        public override Task<ListApiKeysResponse> ListApiKeys(ListApiKeysRequest request, ServerCallContext context)
        {
            Take(request);
            var (keys, next) = Page(Keys, request.PageSize, request.PageToken);
            return Task.FromResult(new ListApiKeysResponse { Keys = { keys }, NextPageToken = next });
        }

        public override Task<RevokeApiKeyResponse> RevokeApiKey(RevokeApiKeyRequest request, ServerCallContext context)
        {
            Take(request);
            return Keys.RemoveAll(key => key.KeyId == request.KeyId) > 0
                ? Task.FromResult(new RevokeApiKeyResponse())
                : throw new RpcException(new Grpc.Core.Status(StatusCode.NotFound, "No such key."));
        }

        public override Task<ListAuditEntriesResponse> ListAuditEntries(
            ListAuditEntriesRequest request,
            ServerCallContext context
        )
        {
            Take(request);
            AuditEntry[] chosen =
            [
                .. Entries.Where(entry => request.Workspace.Length == 0 || entry.Workspace == request.Workspace),
            ];
            var (entries, next) = Page(chosen, request.PageSize, request.PageToken);
            return Task.FromResult(new ListAuditEntriesResponse { Entries = { entries }, NextPageToken = next });
        }

        private (T[] Elements, string Next) Page<T>(IReadOnlyList<T> all, int size, string token)
        {
            var from = token.Length == 0 ? 0 : int.Parse(token, System.Globalization.CultureInfo.InvariantCulture);
            var end = from + Math.Min(size == 0 ? 100 : size, MostOfPage);
            return ([.. all.Skip(from).Take(end - from)], end < all.Count ? $"{end}" : "");
        }

        private void Take(IMessage request)
        {
            Requests.Enqueue(request);
            if (Failures.TryDequeue(out var failure))
            {
                throw failure;
            }
        }
    }
}
