using Microsoft.AspNetCore.Builder;
using Scoring.Rpc.Tests.Protos;

namespace Scoring.Rpc.Tests.Binding;

public sealed class HandlerBindingTests
{
    [Fact]
    public void A_missing_handler_stops_the_start()
    {
        var error = Assert.Throws<RpcBindingException>(() => Map(new Missing()));

        Assert.Contains(nameof(Missing), error.Message, StringComparison.Ordinal);
        Assert.Contains("scoring.rpc.test.SmallService.Do", error.Message, StringComparison.Ordinal);
        Assert.Contains("Task<EchoResponse> Do(EchoRequest, CallContext)", error.Message, StringComparison.Ordinal);
        Assert.Contains("no public instance method of that name", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_mistyped_handler_stops_the_start_and_is_shown()
    {
        var error = Assert.Throws<RpcBindingException>(() => Map(new Mistyped()));

        Assert.Contains("Task<EchoRequest> DoAsync(EchoRequest, CallContext)", error.Message, StringComparison.Ordinal);
        Assert.Contains("EchoResponse Do(EchoRequest)", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void An_ambiguous_handler_stops_the_start()
    {
        var error = Assert.Throws<RpcBindingException>(() => Map(new Ambiguous()));

        Assert.Contains("several that fit", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void All_problems_of_a_service_are_told_at_once()
    {
        var error = Assert.Throws<RpcBindingException>(() => Map(new Missing(), Echo.Service));

        foreach (var method in Echo.Service.Methods)
        {
            Assert.Contains(method.FullName, error.Message, StringComparison.Ordinal);
        }

        Assert.Contains(
            "IAsyncEnumerable<EchoResponse> Chat(IAsyncEnumerable<EchoRequest>, CallContext)",
            error.Message,
            StringComparison.Ordinal
        );
    }

    [Fact]
    public void An_overload_of_another_type_does_not_disturb() => Map(new Overloaded());

    [Fact]
    public void A_service_mapped_twice_stops_the_start()
    {
        using var app = NewApp();
        app.MapRpcService(Small, new Overloaded());

        Assert.Throws<RpcBindingException>(() => app.MapRpcService(Small, new Overloaded()));
    }

    [Fact]
    public void Mapping_without_AddRpc_says_so()
    {
        using var app = WebApplication.CreateSlimBuilder().Build();

        var error = Assert.Throws<InvalidOperationException>(() => app.MapRpcService(Small, new Overloaded()));

        Assert.Contains("AddRpc", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_method_definition_of_other_types_is_refused()
    {
        Assert.Throws<ArgumentException>(() => RpcMethod.Of<EchoResponse, EchoResponse>(Small, "Do"));
        Assert.Throws<ArgumentException>(() => RpcMethod.Of<EchoRequest, EchoResponse>(Small, "do"));
    }

    private static Google.Protobuf.Reflection.ServiceDescriptor Small => EchoReflection.Descriptor.Services[1];

    private static WebApplication NewApp()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Services.AddRpc();
        return builder.Build();
    }

    private static void Map(object handler, Google.Protobuf.Reflection.ServiceDescriptor? service = null)
    {
        using var app = NewApp();
        app.MapRpcService(service ?? Small, handler);
    }

    private sealed class Missing
    {
        internal Task<EchoResponse> Do(EchoRequest request, CallContext context) => throw new NotSupportedException();
    }

    private sealed class Mistyped
    {
        public Task<EchoRequest> DoAsync(EchoRequest request, CallContext context) => throw new NotSupportedException();

        public EchoResponse Do(EchoRequest request) => throw new NotSupportedException();
    }

    private sealed class Ambiguous
    {
        public Task<EchoResponse> Do(EchoRequest request, CallContext context) => throw new NotSupportedException();

        public ValueTask<EchoResponse> DoAsync(EchoRequest request, CallContext context) =>
            throw new NotSupportedException();
    }

    private sealed class Overloaded
    {
        public ValueTask<EchoResponse> Do(EchoRequest request, CallContext context) =>
            throw new NotSupportedException();

        public EchoResponse Do(string text) => throw new NotSupportedException();
    }
}
