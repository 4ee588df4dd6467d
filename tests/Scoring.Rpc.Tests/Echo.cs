using Google.Protobuf.Reflection;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests;

/// <summary>The methods of the test service, and a handler whose behaviour each test gives.</summary>
internal sealed class Echo
{
    public static readonly ServiceDescriptor Service = EchoReflection.Descriptor.Services[0];
    public static readonly RpcMethod<EchoRequest, EchoResponse> UnaryMethod = Method("Unary");
    public static readonly RpcMethod<EchoRequest, EchoResponse> CollectMethod = Method("Collect");
    public static readonly RpcMethod<EchoRequest, EchoResponse> RepeatMethod = Method("Repeat");
    public static readonly RpcMethod<EchoRequest, EchoResponse> ChatMethod = Method("Chat");

    public Func<EchoRequest, CallContext, Task<EchoResponse>> OnUnary { get; init; } =
        (request, _) => Task.FromResult(Answer(request));

    public Func<IAsyncEnumerable<EchoRequest>, CallContext, Task<EchoResponse>> OnCollect { get; init; } =
        async (requests, _) =>
        {
            var texts = new List<string>();
            await foreach (var request in requests)
            {
                texts.Add(request.Text);
            }

            return new EchoResponse { Text = string.Join(',', texts), Count = texts.Count };
        };

    public Func<EchoRequest, CallContext, IAsyncEnumerable<EchoResponse>> OnRepeat { get; init; } = RepeatAsync;

    public Func<IAsyncEnumerable<EchoRequest>, CallContext, IAsyncEnumerable<EchoResponse>> OnChat { get; init; } =
        (requests, _) => requests.Select(Answer);

    public Task<EchoResponse> UnaryAsync(EchoRequest request, CallContext context) => OnUnary(request, context);

    public async ValueTask<EchoResponse> Collect(IAsyncEnumerable<EchoRequest> requests, CallContext context) =>
        await OnCollect(requests, context);

    public IAsyncEnumerable<EchoResponse> Repeat(EchoRequest request, CallContext context) =>
        OnRepeat(request, context);

    public IAsyncEnumerable<EchoResponse> Chat(IAsyncEnumerable<EchoRequest> requests, CallContext context) =>
        OnChat(requests, context);

    public static EchoResponse Answer(EchoRequest request) =>
        new()
        {
            Text = request.Text,
            Count = request.Count,
            Payload = request.Payload,
        };

    private static async IAsyncEnumerable<EchoResponse> RepeatAsync(EchoRequest request, CallContext context)
    {
        for (var i = 0; i < request.Count; i++)
        {
            if (i % 2 == 1)
            {
                await Task.Yield();
            }

            yield return new EchoResponse { Text = request.Text, Count = i };
        }
    }

    private static RpcMethod<EchoRequest, EchoResponse> Method(string name) =>
        RpcMethod.Of<EchoRequest, EchoResponse>(Service, name);
}
