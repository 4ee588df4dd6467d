using Grpc.Core;
using Grpc.Core.Interceptors;
using Scoring.V1;

namespace Scoring.Client;

/// <summary>Gives unary calls a deadline, and events an id that makes it safe to send them again, where the caller gave none; says which limit a message broke.</summary>
internal sealed class CallDefaults(TimeSpan? timeout) : Interceptor
{
    public override AsyncUnaryCall<TResponse> AsyncUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        AsyncUnaryCallContinuation<TRequest, TResponse> continuation
    )
    {
        var call = continuation(Complete(request), WithDeadline(context));
        return new AsyncUnaryCall<TResponse>(
            MessageLimits.ExplainAsync(call.ResponseAsync),
            call.ResponseHeadersAsync,
            call.GetStatus,
            call.GetTrailers,
            call.Dispose
        );
    }

    public override TResponse BlockingUnaryCall<TRequest, TResponse>(
        TRequest request,
        ClientInterceptorContext<TRequest, TResponse> context,
        BlockingUnaryCallContinuation<TRequest, TResponse> continuation
    ) => MessageLimits.Explain(() => continuation(Complete(request), WithDeadline(context)));

    private static TRequest Complete<TRequest>(TRequest request)
        where TRequest : class
    {
        var now = DateTimeOffset.UtcNow;
        return request switch
        {
            RecordEventRequest { Event: { } item } one when !EventIds.Has(item) => (TRequest)
                (object)new RecordEventRequest { Workspace = one.Workspace, Event = EventIds.WithId(item, now) },
            RecordEventsRequest many when !many.Events.All(EventIds.Has) => (TRequest)
                (object)
                    new RecordEventsRequest
                    {
                        Workspace = many.Workspace,
                        Events = { many.Events.Select(item => EventIds.WithId(item, now)) },
                    },
            _ => request,
        };
    }

    private ClientInterceptorContext<TRequest, TResponse> WithDeadline<TRequest, TResponse>(
        ClientInterceptorContext<TRequest, TResponse> context
    )
        where TRequest : class
        where TResponse : class =>
        timeout is { } limit && context.Options.Deadline is null
            ? new(context.Method, context.Host, context.Options.WithDeadline(DateTime.UtcNow + limit))
            : context;
}
