using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Scoring.Rpc.Hosting;

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
}
