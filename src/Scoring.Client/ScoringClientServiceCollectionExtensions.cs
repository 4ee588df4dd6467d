using Grpc.Core;
using Grpc.Net.ClientFactory;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using Scoring.Client;
using Scoring.V1;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Adds the client of a Scoring server to a container.</summary>
public static class ScoringClientServiceCollectionExtensions
{
    /// <summary>
    /// Adds <see cref="ScoringClient"/>, <see cref="ScoringService.ScoringServiceClient"/>, <see cref="ModelService.ModelServiceClient"/> and
    /// <see cref="AdminService.AdminServiceClient"/> over one connection, which is the container's.
    /// </summary>
    /// <param name="services">The container.</param>
    /// <param name="configure">Sets the address and what else is not to be as it is by default.</param>
    /// <returns>The connection, for what else <c>Grpc.Net.ClientFactory</c> offers: interceptors, call credentials, another HTTP handler.</returns>
    /// <remarks>
    /// A setting that is out of its range, a key that would be sent in plain text, or a file of certificates that is no good, fails when the client is
    /// first asked for. The log of <c>System.Net.Http.HttpClient</c> shows no values of headers, which have the key among them.
    /// </remarks>
    public static IHttpClientBuilder AddScoringClient(
        this IServiceCollection services,
        Action<ScoringClientOptions>? configure = null
    )
    {
        services.AddOptions<ScoringClientOptions>().Configure(options => configure?.Invoke(options));
        services.TryAddSingleton(provider => new ScoringClient(provider.GetRequiredService<Calls>().Invoker));
        services.TryAddTransient(provider => provider.GetRequiredService<ScoringClient>().Scoring);
        services.TryAddTransient(provider => provider.GetRequiredService<ScoringClient>().Models);
        services.TryAddTransient(provider => provider.GetRequiredService<ScoringClient>().Admin);
        return services
            .AddGrpcClient<Calls>((provider, client) => client.Address = Connection.AddressOf(Of(provider)))
            .ConfigureChannel((provider, channel) => Connection.Configure(channel, Of(provider)))
            .ConfigurePrimaryHttpMessageHandler(provider => Connection.Handler(Of(provider)))
            // Not in the handler above, which the caller may replace.
            .AddHttpMessageHandler(provider => new KeyHeader(Of(provider).ApiKey))
            .RedactLoggedHeaders(_ => true)
            .AddInterceptor(InterceptorScope.Channel, provider => new CallDefaults(Of(provider).Timeout));
    }

    private static ScoringClientOptions Of(IServiceProvider provider) =>
        provider.GetRequiredService<IOptions<ScoringClientOptions>>().Value;

    /// <summary>What the factory makes: the calls of one connection.</summary>
    /// <param name="invoker">Makes the calls.</param>
    internal sealed class Calls(CallInvoker invoker)
    {
        public CallInvoker Invoker => invoker;
    }
}
