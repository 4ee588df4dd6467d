using Npgsql;
using Scoring.Core;
using Scoring.Server.Hosting;
using Scoring.Server.Models;
using Scoring.Server.Settings;
using Scoring.Server.Telemetry;
using Scoring.Server.Tls;
using Scoring.Silo.Settings;

namespace Scoring.Silo.Hosting;

/// <summary>The life of the process: settings, models, silo, front; then the other way round.</summary>
internal static class SiloProcess
{
    /// <summary>Runs until told to stop.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="greet">Is told where the front listens.</param>
    public static async Task RunAsync(IReadOnlyList<string> arguments, Action<string> greet)
    {
        var configuration = SettingSources.Build(arguments);
        var silo = SiloSettingReader.Read(configuration);
        var front = SettingReader.Read<ServerSettings>(configuration, ServerSettings.Section);
        var folder = front.ModelsDirectory.Length > 0 ? front.ModelsDirectory : ModelFolder.Shipped;
        var models = ModelFolder.Load(folder, front.Workspaces);
        var export = OtlpExport.Read(front, configuration);
        using var logging = ServerProcess.CreateLogging(configuration, export, SiloLog.Filter);
        using var tls = TlsSettings.Open(front, logging);
        PortsFile.Remove(front.PortsFile);
        await using var host = await StartAsync(silo, front, logging);
        await host.LoadAsync(models, front);
        await using var listening = ScoringHost.Build(
            configuration,
            front,
            host.Backend,
            TimeProvider.System,
            logging,
            export,
            tls
        );
        await listening.StartAsync(CancellationToken.None);
        PortsFile.Write(front.PortsFile, listening.Grpc, listening.Http);
        greet(Greeting(silo, listening));
        await UntilStoppedAsync(listening, host);
        PortsFile.Remove(front.PortsFile);
    }

    /// <exception cref="ScoringException">It was not told to stop, but must.</exception>
    private static async Task UntilStoppedAsync(ScoringHost front, SiloHost silo)
    {
        var stopped = front.WaitForShutdownAsync();
        if (await Task.WhenAny(stopped, silo.MustStop) == silo.MustStop)
        {
            throw await silo.MustStop;
        }
        await stopped;
    }

    private static async Task<SiloHost> StartAsync(SiloSettings silo, ServerSettings front, ILoggerFactory logging)
    {
        try
        {
            return await SiloHost.StartAsync(silo, front, logging);
        }
        catch (Exception e) when (e is NpgsqlException or ArgumentException)
        {
            throw new ScoringException(ScoringError.Unavailable, PostgresFailure.Describe(silo.ConnectionString, e), e);
        }
        catch (Exception e) when (e is OrleansException or TimeoutException)
        {
            throw new ScoringException(ScoringError.Unavailable, $"the cluster cannot be joined: {e.Message}", e);
        }
    }

    private static string Greeting(SiloSettings silo, ScoringHost front)
    {
        var cluster =
            silo.Clustering == Clustering.Localhost ? "alone (localhost clustering)" : $"in cluster {silo.ClusterId}";
        return $"Scoring silo {ServerProcess.Version}: gRPC {Text(front.Grpc)}, HTTP {Text(front.Http)}, {cluster}";

        static string Text(Uri url) => url.GetLeftPart(UriPartial.Authority);
    }
}
