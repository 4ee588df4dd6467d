using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Interceptors;

namespace Scoring.Rpc;

/// <summary>Adds the RPC server to the container.</summary>
public static class RpcServiceCollectionExtensions
{
    /// <summary>Adds what <c>MapRpcService</c> needs. The <see cref="TimeProvider"/> of the container, if it has one, keeps the deadlines.</summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Changes the settings; a wrong one stops the start.</param>
    /// <returns>The same container.</returns>
    public static IServiceCollection AddRpc(
        this IServiceCollection services,
        Action<RpcServerOptions>? configure = null
    )
    {
        services.AddRouting();
        services.AddMetrics();
        services
            .AddOptions<RpcServerOptions>()
            .Configure(options => configure?.Invoke(options))
            .Validate(
                options => options.MaxReceiveMessageSize >= 1,
                "RpcServerOptions.MaxReceiveMessageSize must be at least 1."
            )
            .Validate(
                options => options.MaxSendMessageSize >= 1,
                "RpcServerOptions.MaxSendMessageSize must be at least 1."
            )
            .ValidateOnStart();
        services.TryAddSingleton<RpcServer>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IStartupFilter, UnknownMethodFilter>());
        services.TryAddSingleton(provider => new HealthService(provider.GetRequiredService<RpcServer>()));
        return services;
    }

    /// <summary>Puts an interceptor around every call, inside of those that were added before it.</summary>
    /// <typeparam name="TInterceptor">Made once, by the container, when the first service is mapped.</typeparam>
    /// <param name="services">The container.</param>
    /// <returns>The same container.</returns>
    public static IServiceCollection AddRpcInterceptor<TInterceptor>(this IServiceCollection services)
        where TInterceptor : class, IRpcInterceptor => services.AddSingleton<IRpcInterceptor, TInterceptor>();

    /// <summary>
    /// Logs a line for every call when it has ended, as information in the category <c>Scoring.Rpc.Access</c>: method, status, duration,
    /// caller, protocol, and how many messages went in and out. An interceptor: what is added after it happens within its time.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <returns>The same container.</returns>
    public static IServiceCollection AddRpcAccessLog(this IServiceCollection services) =>
        services.AddRpcInterceptor<AccessLog>();
}
