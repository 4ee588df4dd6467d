using Google.Protobuf.Reflection;
using Grpc.Health.V1;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.DependencyInjection;
using Scoring.Rpc.Binding;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Reflection;
using AlphaReflection = Grpc.Reflection.V1Alpha.ReflectionReflection;
using CurrentReflection = Grpc.Reflection.V1.ReflectionReflection;
using ServiceDescriptor = Google.Protobuf.Reflection.ServiceDescriptor;

namespace Scoring.Rpc;

/// <summary>Maps services to their paths.</summary>
public static class RpcEndpointRouteBuilderExtensions
{
    /// <summary>Serves a service by a handler, which is bound here, once.</summary>
    /// <param name="endpoints">Where the paths go.</param>
    /// <param name="service">The service, as protoc describes it.</param>
    /// <param name="handler">Its public instance methods answer the rpcs of their name, for all calls at once.</param>
    /// <returns>Adds conventions, such as authorization, to all methods of the service.</returns>
    /// <exception cref="RpcBindingException">A method has no handler, a mistyped or an ambiguous one, or the service is mapped already.</exception>
    /// <exception cref="InvalidOperationException"><c>AddRpc</c> was not called.</exception>
    public static IEndpointConventionBuilder MapRpcService(
        this IEndpointRouteBuilder endpoints,
        ServiceDescriptor service,
        object handler
    )
    {
        var server = Server(endpoints);
        var methods = HandlerBinder.Bind(service, handler);
        server.Add(service);
        var group = endpoints.MapGroup("");
        foreach (var method in methods)
        {
            group
                .Map(RoutePatternFactory.Parse(method.Method.Path), new RpcEndpoint(method, server).InvokeAsync)
                .WithDisplayName("RPC " + method.Method.Path)
                .WithMetadata(method.Method, new HttpMethodMetadata(HttpMethodsOf(method.Method)));
        }

        return group;
    }

    /// <summary>Serves a service by a handler from the container.</summary>
    /// <typeparam name="THandler">A singleton of the container.</typeparam>
    /// <param name="endpoints">Where the paths go.</param>
    /// <param name="service">The service, as protoc describes it.</param>
    /// <returns>Adds conventions, such as authorization, to all methods of the service.</returns>
    /// <exception cref="RpcBindingException">As for a handler given directly.</exception>
    /// <exception cref="InvalidOperationException"><c>AddRpc</c> was not called, or the container has no such handler.</exception>
    public static IEndpointConventionBuilder MapRpcService<THandler>(
        this IEndpointRouteBuilder endpoints,
        ServiceDescriptor service
    )
        where THandler : notnull =>
        endpoints.MapRpcService(service, endpoints.ServiceProvider.GetRequiredService<THandler>());

    /// <summary>Serves <c>grpc.health.v1</c> from the <see cref="HealthService"/> of the container.</summary>
    /// <param name="endpoints">Where the paths go.</param>
    public static IEndpointConventionBuilder MapRpcHealth(this IEndpointRouteBuilder endpoints)
    {
        _ = Server(endpoints);
        return endpoints.MapRpcService<HealthService>(HealthReflection.Descriptor.Services[0]);
    }

    /// <summary>Serves <c>grpc.reflection.v1</c> and <c>v1alpha</c> over all mapped services, so that tools need no proto files.</summary>
    /// <param name="endpoints">Where the paths go.</param>
    public static void MapRpcReflection(this IEndpointRouteBuilder endpoints)
    {
        var index = new DescriptorIndex(Server(endpoints));
        endpoints.MapRpcService(CurrentReflection.Descriptor.Services[0], new ReflectionHandler(index));
        endpoints.MapRpcService(AlphaReflection.Descriptor.Services[0], new ReflectionAlphaHandler(index));
    }

    /// <summary>What has no side effects may also be asked by GET, so that the answer can be cached on the way.</summary>
    private static string[] HttpMethodsOf(RpcMethod method) =>
        method.Kind == RpcMethodKind.Unary
        && method.Descriptor.GetOptions()?.IdempotencyLevel == MethodOptions.Types.IdempotencyLevel.NoSideEffects
            ? [HttpMethods.Post, HttpMethods.Get]
            : [HttpMethods.Post];

    private static RpcServer Server(IEndpointRouteBuilder endpoints) =>
        endpoints.ServiceProvider.GetService<RpcServer>()
        ?? throw new InvalidOperationException("Call services.AddRpc() before mapping services.");
}
