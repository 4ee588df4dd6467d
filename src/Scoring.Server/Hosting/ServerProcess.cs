using System.Globalization;
using System.Net.Sockets;
using System.Reflection;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging.Console;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Engine;
using Scoring.Engine.Files;
using Scoring.Engine.Hosting;
using Scoring.Engine.Recovery;
using Scoring.Grains.Models;
using Scoring.ModelFiles;
using Scoring.Postgres;
using Scoring.Server.Access;
using Scoring.Server.Admin;
using Scoring.Server.Models;
using Scoring.Server.Settings;
using Scoring.Server.Telemetry;
using Scoring.Server.Tls;

namespace Scoring.Server.Hosting;

/// <summary>The life of the process: settings, models, store, listeners; then the other way round.</summary>
internal static partial class ServerProcess
{
    public const int Stopped = 0;
    public const int Failed = 1;
    public const int BadSettings = 2;

    public static string Version => Assembly.GetExecutingAssembly().GetName().Version!.ToString(3);

    /// <summary>Runs until told to stop.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="output">Takes the one line that says where the server listens.</param>
    /// <param name="errors">Takes the line that says why it does not.</param>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(IReadOnlyList<string> arguments, TextWriter output, TextWriter errors)
    {
        if (arguments.Any(argument => argument is "--help" or "-h" or "-?"))
        {
            await output.WriteAsync(SettingHelp.Text());
            return Stopped;
        }
        if (arguments.Contains("--version"))
        {
            await output.WriteLineAsync($"Scoring {Version}");
            return Stopped;
        }
        // What it writes is of customers, and names them.
        PrivateFiles.Enforce();
        var listening = false;
        try
        {
            await RunAsync(
                arguments,
                greeting =>
                {
                    listening = true;
                    output.WriteLine(greeting);
                    output.Flush();
                }
            );
            return Stopped;
        }
        catch (SettingException error)
        {
            await errors.WriteLineAsync(error.Message);
            return BadSettings;
        }
        catch (ModelFileException error)
        {
            await errors.WriteLineAsync(error.Message);
            return Failed;
        }
        catch (Exception error)
            when (error
                    is StoreException
                        or ScoringException
                        or IOException
                        or SocketException
                        or UnauthorizedAccessException
            )
        {
            await errors.WriteLineAsync($"{(listening ? "Stopped with an error" : "Cannot start")}: {error.Message}");
            return Failed;
        }
        catch (Exception error)
        {
            // A fault of the program, with what it takes to find it.
            await errors.WriteLineAsync(
                $"{(listening ? "Stopped with an error" : "Cannot start")} that nobody foresaw; please report it: {error}"
            );
            return Failed;
        }
    }

    private static async Task RunAsync(IReadOnlyList<string> arguments, Action<string> greet)
    {
        var configuration = SettingSources.Build(arguments);
        var settings = SettingReader.Read(configuration);
        var modelFolder = settings.ModelsDirectory.Length > 0 ? settings.ModelsDirectory : ModelFolder.Shipped;
        var models = ModelFolder.Load(modelFolder, settings.Workspaces);
        if (!settings.UsesPostgres && !Directory.Exists(settings.DataDirectory))
        {
            // There is no store that has more, and none is made in vain.
            DefaultModels.Require(settings.Workspaces, models.Select(m => (m.Workspace, m.Model.Name)), modelFolder);
        }
        var export = OtlpExport.Read(configuration);
        using var logging = CreateLogging(configuration, export);
        using var tls = settings.UsesTls ? new ServerTls(settings, logging.CreateLogger<ServerTls>()) : null;
        using var clusterTls = settings.UsesClusterTls
            ? new ServerTls(settings, logging.CreateLogger<ServerTls>(), read: TlsFiles.ReadOfCluster)
            : null;
        FreePorts.Require(settings);
        var options = Engine(settings, models, logging);
        await using var engine = PartitionHost.Open(options, StoreOf(options, settings, logging), out var found);
        var access = AccessOf(settings);
        // Not before the store is this server's: the file may be that of the one that has it.
        PortsFile.Remove(settings.PortsFile);
        await using var host = ScoringHost.Build(
            settings,
            engine,
            async (services, cancelled) =>
            {
                var backend = services.GetRequiredService<IScoringBackend>();
                var before = await ModelsAsync(settings, backend);
                await services.GetRequiredService<ModelLoader>().LoadAsync(models, cancelled);
                var loaded = await ModelsAsync(settings, backend);
                DefaultModels.Require(settings.Workspaces, loaded.Select(m => (m.Workspace, m.Model)), modelFolder);
                var audit = services.GetRequiredService<AuditLog>();
                foreach (var (workspace, model, version) in loaded.Except(before))
                {
                    var detail = $"version {version} from its file";
                    await audit.AddOwnAsync("PutScoringModel", new(workspace, model, detail));
                }
            },
            logging,
            access,
            export,
            tls,
            clusterTls
        );
        // Whoever may signal the process may say that the machine's clock is right.
        using var confirmation = PosixSignalRegistration.Create(
            PosixSignal.SIGHUP,
            signal =>
            {
                signal.Cancel = true;
                engine.Clock.Confirm();
            }
        );
        if (!await host.StartAsync(CancellationToken.None))
        {
            return;
        }
        PortsFile.Write(settings.PortsFile, host.Grpc, host.Http);
        if (settings.Danger is { } danger)
        {
            LogInsecure(logging.CreateLogger<ScoringHost>(), danger);
        }
        greet(Greeting(settings, host, found));
        await host.WaitForShutdownAsync();
        PortsFile.Remove(settings.PortsFile);
    }

    private static AccessOptions AccessOf(ServerSettings settings) =>
        new()
        {
            Kinds = settings.Authentication,
            AdminKey = AdminKeyFile.Load(settings.AdminKeyFile),
            Jwt = new JwtRules
            {
                Authority = settings.JwtAuthority,
                Keys = JwtRules.ReadKeys(settings.JwtKeys),
                Issuer = settings.JwtIssuer,
                Audience = settings.JwtAudience,
                RoleClaim = settings.JwtRoleClaim,
                Grants = settings.JwtGrants,
            },
            CertificateGrants = settings.CertificateGrants,
        };

    private static IStore StoreOf(EngineOptions options, ServerSettings settings, ILoggerFactory logging)
    {
        if (!settings.UsesPostgres)
        {
            return FileStore.Lock(options);
        }
        try
        {
            var store = new PostgresStoreOptions
            {
                Databases = PostgresStoreOptions.Split(settings.Postgres),
                Server = $"{Environment.MachineName}:{settings.SiloPort}",
                Lease = settings.Lease,
            };
            foreach (var host in store.UnverifiedHosts)
            {
                LogUnverified(logging.CreateLogger<PostgresStore>(), host);
            }
            return new PostgresStore(store);
        }
        catch (ArgumentException error)
        {
            var why = error.Message.Split(" (Parameter", 2)[0].TrimEnd('.');
            throw new SettingException(
                $"Setting Scoring:Postgres: {why}. Write for example \"Host=db;Database=scoring;Username=scoring\"."
            );
        }
    }

    /// <summary>The log as the settings want it, on standard error.</summary>
    /// <param name="configuration">Where the settings are.</param>
    /// <param name="export">Takes the log too.</param>
    private static LimitedLogging CreateLogging(IConfiguration configuration, OtlpExport export)
    {
        try
        {
            var logging = LoggerFactory.Create(logs =>
            {
                export.AddTo(logs);
                // Its scope and its activity around every request cost more than the request; calls have a log and spans of their own.
                logs.AddFilter("Microsoft.AspNetCore.Hosting.Diagnostics", LogLevel.None)
                    // What Orleans meets and tries again it warns of, with stack traces; what concerns an operator is an error.
                    .AddFilter("Orleans", LogLevel.Error)
                    // A line for each server that comes or goes.
                    .AddFilter("Scoring.Grains.Relay.HostRelay", LogLevel.Warning)
                    // Two lines for every customer that is activated.
                    .AddFilter("Polly", LogLevel.Warning)
                    .AddConfiguration(configuration.GetSection("Logging"))
                    // StoreHealth says once what is wrong; this would say it at every look.
                    .AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None)
                    // Why the start failed is said once, in one line.
                    .AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical)
                    .AddFilter("Orleans.Runtime.Silo", LogLevel.Critical)
                    .AddSimpleConsole(format =>
                    {
                        format.SingleLine = true;
                        format.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffZ ";
                        format.UseUtcTimestamp = true;
                        format.ColorBehavior = LoggerColorBehavior.Disabled;
                    })
                    // The standard output holds the one line that says where the server listens.
                    .AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
            });
            return new LimitedLogging(logging, TimeProvider.System);
        }
        catch (InvalidOperationException error)
        {
            throw new SettingException($"Setting Logging:LogLevel: {error.Message}");
        }
    }

    /// <summary>The models of all workspaces, those in the store among them.</summary>
    private static async Task<IReadOnlyList<(string Workspace, string Model, int Version)>> ModelsAsync(
        ServerSettings settings,
        IScoringBackend backend
    )
    {
        var found = new List<(string, string, int)>();
        foreach (var workspace in settings.Workspaces)
        {
            var models = await backend.ListModelsAsync(workspace.Name, CancellationToken.None);
            found.AddRange(models.Select(model => (workspace.Name, model.Name, model.Version)));
        }
        return found;
    }

    private static string Greeting(ServerSettings settings, ScoringHost host, RecoverySummary recovery)
    {
        var isDefault = settings.DataDirectory == new ServerSettings().DataDirectory;
        var relaxed =
            settings.Durability == Durability.InOsCache
                ? ", acknowledged writes do not survive a crash of the machine"
                : "";
        return string.Create(CultureInfo.InvariantCulture, $"Scoring {Version}: {Listeners()}, {Store()}{relaxed}");

        string Store() =>
            settings.UsesPostgres
                ? $"store in PostgreSQL, cluster {settings.ClusterId}"
                : string.Create(
                    CultureInfo.InvariantCulture,
                    $"data {Path.GetFullPath(settings.DataDirectory)}{(isDefault ? " (default)" : "")}, {recovery.Customers:N0} customers recovered in {recovery.Duration.TotalSeconds:0.00} s"
                );

        string Listeners()
        {
            var clients =
                settings.TlsClientCa.Length == 0 ? ""
                : settings.TlsRequireClientCertificate is not false ? " (client certificates required)"
                : " (client certificates checked)";
            var callers =
                settings.Authentication.Count > 0
                    ? $", callers known by {string.Join(" or ", settings.Authentication)}"
                    : "";
            var danger = settings.Danger is { } what ? $", INSECURE: {what}" : "";
            return host.Listening + clients + host.Probes + callers + danger;
        }
    }

    private static EngineOptions Engine(
        ServerSettings settings,
        IReadOnlyList<ModelSource> models,
        LimitedLogging logging
    ) =>
        new()
        {
            DataDirectory = settings.DataDirectory,
            Workspaces = settings.Workspaces,
            Models = models,
            Partitions = settings.Partitions,
            Durability = settings.Durability,
            MaxFutureSkew = settings.MaxFutureSkew,
            FollowClockAfter = settings.FollowClockAfter,
            MaxQueuedBytes = settings.MaxQueuedBytes,
            DoubtPatience = settings.UsesPostgres ? settings.MoveTimeout : TimeSpan.Zero,
            DuplicateWindow = settings.DuplicateWindow,
            DuplicateWindowMinimum = settings.DuplicateWindowMinimum,
            DuplicateWindowMaximum = settings.DuplicateWindowMaximum,
            ArchiveRetention = settings.ArchiveRetention,
            CheckpointBytes = settings.CheckpointBytes,
            CheckpointInterval = settings.CheckpointInterval,
            Logger = logging.CreateLogger("Scoring.Engine"),
        };

    [LoggerMessage(
        LogLevel.Warning,
        "INSECURE, as the settings allow: others than this machine reach the server, and {Danger}."
    )]
    private static partial void LogInsecure(ILogger log, string danger);

    [LoggerMessage(
        LogLevel.Warning,
        "Who answers as PostgreSQL on {Host} is not verified: whoever is in between could read and change the store. Set SSL Mode=VerifyFull and Root Certificate in Scoring:Postgres."
    )]
    private static partial void LogUnverified(ILogger log, string host);
}
