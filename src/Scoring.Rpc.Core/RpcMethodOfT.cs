using Google.Protobuf;
using Google.Protobuf.Reflection;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc;

/// <summary>One method of a protobuf service with the types of its messages; make one by <see cref="RpcMethod.Of"/> and keep it.</summary>
/// <typeparam name="TRequest">The generated type of the request.</typeparam>
/// <typeparam name="TResponse">The generated type of the response.</typeparam>
public sealed class RpcMethod<TRequest, TResponse> : RpcMethod
    where TRequest : class, IMessage<TRequest>
    where TResponse : class, IMessage<TResponse>
{
    internal RpcMethod(MethodDescriptor descriptor)
        : base(descriptor)
    {
        Requests = new ParsedMessages(ParserOf<TRequest>(descriptor.InputType, "request"));
        Responses = new ParsedMessages(ParserOf<TResponse>(descriptor.OutputType, "response"));
    }

    internal MessageDecoder Requests { get; }

    internal MessageDecoder Responses { get; }

    private static MessageParser<T> ParserOf<T>(MessageDescriptor type, string side)
        where T : class, IMessage<T> =>
        type.Parser as MessageParser<T>
        ?? throw new ArgumentException($"The {side} of this method is {type.ClrType}, not {typeof(T)}.", nameof(type));
}
