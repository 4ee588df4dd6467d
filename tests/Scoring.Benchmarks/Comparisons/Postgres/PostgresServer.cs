using System.Diagnostics;
using Npgsql;
using Scoring.Benchmarks.Comparisons.Processes;

namespace Scoring.Benchmarks.Comparisons.Postgres;

/// <summary>A PostgreSQL of its own, reached by a socket in its folder, durable, with memory and log space that suit the machine.</summary>
internal sealed class PostgresServer
{
    private const string User = "postgres";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private static readonly string[] Settings =
    [
        "listen_addresses=",
        "shared_buffers=1GB",
        "work_mem=64MB",
        "synchronous_commit=on",
        "max_wal_size=8GB",
        "checkpoint_timeout=15min",
        "jit=off",
        // Nobody reads its log.
        "log_min_messages=fatal",
    ];

    private PostgresServer(Process process, string directory)
    {
        Process = process;
        Connection = $"Host={directory};Username={User};Database=postgres";
        Source = NpgsqlDataSource.Create($"{Connection};Max Auto Prepare=8");
    }

    public Process Process { get; }

    /// <summary>How to connect to it.</summary>
    public string Connection { get; }

    /// <summary>Its connections.</summary>
    public NpgsqlDataSource Source { get; }

    /// <summary>Where a program of PostgreSQL lies; on Debian that is not in the PATH.</summary>
    public static string Program(string name) =>
        Directory.Exists("/usr/lib/postgresql")
            ? Directory
                .GetDirectories("/usr/lib/postgresql")
                .OrderDescending(StringComparer.Ordinal)
                .Select(version => Path.Combine(version, "bin", name))
                .FirstOrDefault(File.Exists)
                ?? name
            : name;

    public static async Task<PostgresServer> StartAsync(Workplace workplace)
    {
        var directory = workplace.NewDirectory();
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(workplace, new ProcessStartInfo("chown", [$"{User}:", directory]));
        }

        var data = Path.Combine(directory, "data");
        await RunAsync(
            workplace,
            AsUser(directory, "initdb", "-D", data, "-U", User, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        );
        string[] settings = [.. Settings, $"unix_socket_directories={directory}"];
        var process = workplace.Start(
            AsUser(directory, "postgres", ["-D", data, .. settings.SelectMany(setting => (string[])["-c", setting])])
        );
        // It takes its own processes with it, as a kill would not.
        workplace.AtEnd(() =>
        {
            Signal.Quit.Send(process.Id);
            process.WaitForExit();
        });
        var server = new PostgresServer(process, directory);
        workplace.AtEnd(server.Source.Dispose);
        await server.UntilReadyAsync();
        return server;
    }

    private async Task UntilReadyAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            try
            {
                await using var connection = await Source.OpenConnectionAsync();
                return;
            }
            catch (NpgsqlException) when (!Process.HasExited && Stopwatch.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(100));
            }
        }
    }

    /// <summary>PostgreSQL does not run as root.</summary>
    private static ProcessStartInfo AsUser(string directory, string program, params string[] arguments)
    {
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo(
                "setpriv",
                [$"--reuid={User}", $"--regid={User}", "--clear-groups", "--", Program(program), .. arguments]
            )
            : new ProcessStartInfo(Program(program), arguments);
        start.WorkingDirectory = directory;
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return start;
    }

    private static async Task RunAsync(Workplace workplace, ProcessStartInfo start)
    {
        start.UseShellExecute = false;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        var process = workplace.Start(start);
        var output = process.StandardOutput.ReadToEndAsync();
        var errors = await process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{start.FileName} failed: {await output}{errors}");
        }
    }
}
