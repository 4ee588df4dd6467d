using Microsoft.AspNetCore.Server.Kestrel.Core;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests;

/// <summary>A method without side effects; gives every question back unless a test says otherwise.</summary>
internal sealed class Ask
{
    public const string Path = "/scoring.rpc.test.AskService/Ask";

    public static Task<TestServer> StartAsync(
        HttpProtocols http = HttpProtocols.Http1,
        Action<RpcServerOptions>? server = null
    ) =>
        TestServer.StartAsync(
            server: server,
            http: http,
            map: app => app.MapRpcService(AskReflection.Descriptor.Services[0], new Ask())
        );

    public Func<Question, Question> OnAsk { get; init; } = question => question;

    public ValueTask<Question> AskAsync(Question question, CallContext context) =>
        ValueTask.FromResult(OnAsk(question));
}
