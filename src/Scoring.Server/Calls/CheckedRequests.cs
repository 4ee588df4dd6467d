using Google.Protobuf;
using Google.Protobuf.Reflection;
using Grpc.Core;
using Scoring.Server.Errors;
using Scoring.Server.Memory;

namespace Scoring.Server.Calls;

/// <summary>Binds the methods of a service with marshallers that answer malformed requests with INVALID_ARGUMENT, and leaves the bulk ones unparsed.</summary>
/// <remarks>
/// Events are read straight from the bytes of their request (<see cref="Recording.WireEvents"/>): an object for each would cost as much as everything
/// else that is done with it.
/// </remarks>
/// <param name="binder">The binder of the framework.</param>
internal sealed class CheckedRequests(ServiceBinderBase binder) : ServiceBinderBase
{
    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        UnaryServerMethod<TRequest, TResponse>? handler
    ) => binder.AddMethod(Checked(method), handler);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        DuplexStreamingServerMethod<TRequest, TResponse>? handler
    ) => binder.AddMethod(Checked(method), handler);

    public override void AddMethod<TRequest, TResponse>(
        Method<TRequest, TResponse> method,
        ServerStreamingServerMethod<TRequest, TResponse>? handler
    ) => binder.AddMethod(Checked(method), handler);

    private static Method<TRequest, TResponse> Checked<TRequest, TResponse>(Method<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class =>
        new(method.Type, method.ServiceName, method.Name, Requests(method), method.ResponseMarshaller);

    private static Marshaller<TRequest> Requests<TRequest, TResponse>(Method<TRequest, TResponse> method)
        where TRequest : class
        where TResponse : class
    {
        var generated = method.RequestMarshaller;
        Func<DeserializationContext, TRequest> read =
            typeof(TRequest) == typeof(V1.RecordEventsRequest)
                ? context => (TRequest)(object)new V1.RecordEventsRequest { Encoded = Copy(context) }
            : typeof(TRequest) == typeof(V1.RecordEventRequest)
                ? context => (TRequest)(object)new V1.RecordEventRequest { Encoded = Copy(context) }
            : Parsed(generated);
        return new Marshaller<TRequest>(generated.ContextualSerializer, read);
    }

    private static Func<DeserializationContext, TRequest> Parsed<TRequest>(Marshaller<TRequest> generated)
        where TRequest : class
    {
        var type = ((IMessage)Activator.CreateInstance<TRequest>()).Descriptor;
        return context => Parse(generated, context, type);
    }

    private static TRequest Parse<TRequest>(
        Marshaller<TRequest> generated,
        DeserializationContext context,
        MessageDescriptor type
    )
    {
        if (context.PayloadLength > CallMemory.SmallMessage && CallMemory.Message is { } memory)
        {
            memory.Take(MessageObjects.BytesOf(context.PayloadAsReadOnlySequence(), type));
        }
        try
        {
            return generated.ContextualDeserializer(context);
        }
        catch (InvalidProtocolBufferException error)
        {
            throw CallErrors.Malformed(error.Message);
        }
    }

    /// <summary>Those of the connection are gone when the message has been read.</summary>
    private static ReadOnlyMemory<byte> Copy(DeserializationContext context) =>
        MessageCopy.Of(context.PayloadAsReadOnlySequence());
}
