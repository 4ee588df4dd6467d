using System.Diagnostics;
using Npgsql;
using Scoring.Postgres;

namespace Scoring.Cluster.Tests.Postgres;

/// <summary>A PostgreSQL of its own, reached by a socket in its folder; all of it is gone at the end. One for all tests.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <summary>Connections that it takes, those reserved for superusers among them.</summary>
    public const int MaxConnections = 200;

    private const string User = "postgres";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static int _databases;

    private readonly string _directory = Directory.CreateTempSubdirectory("scoring-pg-").FullName;
    private Process? _process;

    private string Data => Path.Combine(_directory, "data");

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL does not run as root.
            await RunAsync(new ProcessStartInfo("chown", [$"{User}:", _directory]));
        }
        await RunAsync(
            AsUser("initdb", "-D", Data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        );
        string[] settings =
        [
            "listen_addresses=",
            $"unix_socket_directories={_directory}",
            // What is tested is what is acknowledged, not what a power failure leaves.
            "fsync=off",
            $"max_connections={MaxConnections}",
        ];
        _process = Process.Start(
            AsUser("postgres", ["-D", Data, .. settings.SelectMany(setting => (string[])["-c", setting])])
        )!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        await UntilReadyAsync();
    }

    /// <summary>Makes an empty database with the product's tables and gives how to connect to it.</summary>
    public async Task<string> NewDatabaseAsync()
    {
        var name = $"scoring{Interlocked.Increment(ref _databases)}";
        await using (var source = NpgsqlDataSource.Create(Connection("postgres")))
        {
            await using var create = source.CreateCommand($"CREATE DATABASE {name}");
            await create.ExecuteNonQueryAsync();
        }
        await using var database = NpgsqlDataSource.Create(Connection(name));
        await Schema.EnsureAsync(database, CancellationToken.None);
        return Connection(name);
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (_process is not null)
        {
            // It takes its own processes with it, as a kill would not.
            await RunAsync(AsUser("pg_ctl", "stop", "-D", Data, "-m", "immediate"));
            await _process.WaitForExitAsync();
            _process.Dispose();
        }
        Directory.Delete(_directory, recursive: true);
    }

    private string Connection(string database) =>
        $"Host={_directory};Username={User};Database={database};Include Error Detail=true";

    private async Task UntilReadyAsync()
    {
        var since = Stopwatch.GetTimestamp();
        await using var source = NpgsqlDataSource.Create(Connection("postgres"));
        while (true)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                return;
            }
            catch (NpgsqlException) when (!_process!.HasExited && Stopwatch.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(50));
            }
        }
    }

    private ProcessStartInfo AsUser(string program, params string[] arguments)
    {
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo(
                "setpriv",
                [$"--reuid={User}", $"--regid={User}", "--clear-groups", "--", Program(program), .. arguments]
            )
            : new ProcessStartInfo(Program(program), arguments);
        start.WorkingDirectory = _directory;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return start;
    }

    /// <summary>Where a program of PostgreSQL lies; on Debian that is not in the PATH.</summary>
    private static string Program(string name) =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .OrderDescending(StringComparer.Ordinal)
                .Select(version => Path.Combine(version, "bin", name))
                .FirstOrDefault(File.Exists)
                ?? name
            : name;

    private static async Task RunAsync(ProcessStartInfo start)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        Assert.True(process.ExitCode == 0, $"{start.FileName} failed: {await output}{errors}");
    }
}
