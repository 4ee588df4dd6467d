using System.Reflection;
using Google.Protobuf;
using Google.Protobuf.Reflection;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Binding;

/// <summary>Finds the method of a handler for every method of a service, by name and exact type.</summary>
internal static class HandlerBinder
{
    private const string AsyncSuffix = "Async";

    /// <summary>Binds all methods of a service.</summary>
    /// <exception cref="RpcBindingException">Some method has no handler, or not exactly one; names all of them.</exception>
    public static IReadOnlyList<BoundMethod> Bind(ServiceDescriptor service, object handler)
    {
        var bound = new List<BoundMethod>();
        var problems = new List<string>();
        foreach (var method in service.Methods)
        {
            var signature = HandlerSignature.Of(method);
            var named = Named(handler.GetType(), method.Name);
            var fitting = named.Where(signature.Fits).ToArray();
            if (fitting.Length == 1)
            {
                bound.Add(Create(method, handler, fitting[0]));
            }
            else
            {
                problems.Add(
                    Describe(method, signature, fitting.Length > 1 ? "several that fit" : "none that fits", named)
                );
            }
        }

        return problems.Count == 0
            ? bound
            : throw new RpcBindingException(
                $"{handler.GetType()} cannot serve {service.FullName}:{Environment.NewLine}"
                    + string.Join(Environment.NewLine, problems)
            );
    }

    private static MethodInfo[] Named(Type handler, string name) =>
        [
            .. handler
                .GetMethods(BindingFlags.Public | BindingFlags.Instance)
                .Where(m => m.Name == name || m.Name == name + AsyncSuffix),
        ];

    private static string Describe(
        MethodDescriptor method,
        HandlerSignature signature,
        string found,
        MethodInfo[] candidates
    )
    {
        var listed =
            candidates.Length == 0
                ? "no public instance method of that name"
                : string.Join("; ", candidates.Select(HandlerSignature.Describe));
        return $"  {method.FullName}: needs exactly one of {signature.Describe(method.Name)}; found {found}: {listed}";
    }

    private static BoundMethod Create(MethodDescriptor method, object handler, MethodInfo target)
    {
        Type[] types = [method.InputType.ClrType, method.OutputType.ClrType];
        var factory = typeof(HandlerBinder)
            .GetMethod(nameof(CreateTyped), BindingFlags.NonPublic | BindingFlags.Static)!
            .MakeGenericMethod(types);
        return factory.CreateDelegate<Func<MethodDescriptor, object, MethodInfo, BoundMethod>>()(
            method,
            handler,
            target
        );
    }

    private static BoundMethod CreateTyped<TRequest, TResponse>(
        MethodDescriptor descriptor,
        object handler,
        MethodInfo target
    )
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var method = new RpcMethod<TRequest, TResponse>(descriptor);
        var input = target.GetParameters()[0].ParameterType;
        return input == typeof(EncodedMessage<TRequest>) || input == typeof(IAsyncEnumerable<EncodedMessage<TRequest>>)
            ? Create<EncodedMessage<TRequest>, TResponse>(
                method,
                new EncodedMessages<TRequest>((MessageParser<TRequest>)descriptor.InputType.Parser),
                handler,
                target
            )
            : Create<TRequest, TResponse>(method, method.Requests, handler, target);
    }

    private static BoundMethod Create<TInput, TResponse>(
        RpcMethod method,
        MessageDecoder requests,
        object handler,
        MethodInfo target
    )
        where TInput : class
        where TResponse : class, IMessage<TResponse> =>
        method.Kind switch
        {
            RpcMethodKind.Unary when target.ReturnType == typeof(ValueTask<EncodedMessage<TResponse>>) =>
                new EncodedUnaryMethod<TInput, EncodedMessage<TResponse>>(
                    method,
                    requests,
                    target.CreateDelegate<Func<TInput, CallContext, ValueTask<EncodedMessage<TResponse>>>>(handler)
                ),
            RpcMethodKind.Unary => new UnaryMethod<TInput, TResponse>(
                method,
                requests,
                Single<TInput, TResponse>(handler, target)
            ),
            RpcMethodKind.ClientStreaming => new ClientStreamingMethod<TInput, TResponse>(
                method,
                requests,
                Single<IAsyncEnumerable<TInput>, TResponse>(handler, target)
            ),
            RpcMethodKind.ServerStreaming => new ServerStreamingMethod<TInput, TResponse>(
                method,
                requests,
                target.CreateDelegate<Func<TInput, CallContext, IAsyncEnumerable<TResponse>>>(handler)
            ),
            _ => new DuplexMethod<TInput, TResponse>(
                method,
                requests,
                target.CreateDelegate<Func<IAsyncEnumerable<TInput>, CallContext, IAsyncEnumerable<TResponse>>>(handler)
            ),
        };

    private static Func<TInput, CallContext, ValueTask<TResponse>> Single<TInput, TResponse>(
        object handler,
        MethodInfo target
    )
    {
        if (target.ReturnType == typeof(ValueTask<TResponse>))
        {
            return target.CreateDelegate<Func<TInput, CallContext, ValueTask<TResponse>>>(handler);
        }

        var task = target.CreateDelegate<Func<TInput, CallContext, Task<TResponse>>>(handler);
        return (input, context) => new ValueTask<TResponse>(task(input, context));
    }
}
