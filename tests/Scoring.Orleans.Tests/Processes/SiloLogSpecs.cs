using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Scoring.Server.Hosting;
using Scoring.Server.Settings;
using Scoring.Server.Telemetry;
using Scoring.Silo.Hosting;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>What a silo logs does not grow with its customers, unless it is told to.</summary>
public sealed class SiloLogSpecs
{
    [Theory]
    [InlineData("Polly", LogLevel.Information, false)]
    [InlineData("Orleans.Grain", LogLevel.Error, false)]
    [InlineData("Orleans.GrainDirectory.Something", LogLevel.Warning, true)]
    [InlineData("Orleans.Runtime.SiloLifecycleSubject", LogLevel.Error, false)]
    [InlineData("Orleans.Runtime.MembershipService.LocalSiloHealthMonitor", LogLevel.Warning, true)]
    [InlineData("Scoring.Cluster.Storage.PostgresGrainStorage", LogLevel.Error, false)]
    [InlineData("Scoring.Cluster.Hosting.StoreClaimKeeper", LogLevel.Information, true)]
    public void What_is_said_of_single_customers_is_not_logged(string category, LogLevel level, bool isLogged) =>
        Assert.Equal(isLogged, IsLogged(category, level));

    [Theory]
    [InlineData("Polly", LogLevel.Information)]
    [InlineData("Orleans.Grain", LogLevel.Error)]
    public void A_setting_has_it_logged_all_the_same(string category, LogLevel level) =>
        Assert.True(IsLogged(category, level, (category, "Information")));

    private static bool IsLogged(string category, LogLevel level, params (string Category, string Level)[] settings)
    {
        var configuration = new ConfigurationBuilder()
            .AddJsonFile(Path.Combine(Repository.Root, "src", "Scoring.Server", "appsettings.json"))
            .AddInMemoryCollection(
                settings.Select(set => KeyValuePair.Create($"Logging:LogLevel:{set.Category}", (string?)set.Level))
            )
            .Build();
        var export = OtlpExport.Read(new ServerSettings(), configuration);
        using var logging = ServerProcess.CreateLogging(configuration, export, SiloLog.Filter);
        return logging.CreateLogger(category).IsEnabled(level);
    }
}
