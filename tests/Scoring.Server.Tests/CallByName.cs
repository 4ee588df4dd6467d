using Google.Protobuf;
using Grpc.Core;
using Grpc.Net.Client;

namespace Scoring.Server.Tests;

/// <summary>Calls methods of the contract by their name alone.</summary>
internal static class CallByName
{
    public static async Task<TResponse> CallAsync<TRequest, TResponse>(
        this GrpcChannel channel,
        string name,
        TRequest request
    )
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        using var call = channel
            .CreateCallInvoker()
            .AsyncUnaryCall(
                Method<TRequest, TResponse>(name),
                null,
                new CallOptions(cancellationToken: TestContext.Current.CancellationToken),
                request
            );
        return await call;
    }

    private static Method<TRequest, TResponse> Method<TRequest, TResponse>(string name)
        where TRequest : class, IMessage<TRequest>, new()
        where TResponse : class, IMessage<TResponse>, new()
    {
        var scoring = V1.ScoringService.Descriptor;
        var service = scoring.FindMethodByName(name) is null ? V1.ModelService.Descriptor : scoring;
        return new(MethodType.Unary, service.FullName, name, Messages<TRequest>(), Messages<TResponse>());
    }

    private static Marshaller<T> Messages<T>()
        where T : class, IMessage<T>, new()
    {
        var parser = new MessageParser<T>(() => new T());
        return Marshallers.Create(message => message.ToByteArray(), bytes => parser.ParseFrom(bytes));
    }
}
