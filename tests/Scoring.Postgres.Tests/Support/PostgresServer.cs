using System.Diagnostics;
using System.Globalization;
using Npgsql;

namespace Scoring.Postgres.Tests.Support;

/// <summary>A PostgreSQL of its own, reached by a socket in its folder; all of it is gone at the end. One for all tests, but for those that kill it.</summary>
public sealed class PostgresServer : IAsyncLifetime
{
    /// <summary>The role that the databases belong to, which may do no more than any other.</summary>
    public const string User = "scoring";

    private const string Superuser = "postgres";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private static int _databases;

    private Process? _process;

    /// <summary>Whether PostgreSQL is not installed here.</summary>
    public static bool IsMissing { get; } = !Path.IsPathRooted(Program("initdb")) && !IsInPath("initdb");

    /// <summary>Where on the loopback it listens besides, with a certificate and its key in PEM; null for nowhere.</summary>
    public (int Port, string Certificate, string Key)? Tls { get; init; }

    /// <summary>Where it lies, and its socket.</summary>
    public string Directory { get; } = System.IO.Directory.CreateTempSubdirectory("scoring-pg-").FullName;

    /// <summary>Its socket.</summary>
    public string Socket => Path.Combine(Directory, $".s.PGSQL.{Port}");

    /// <summary>How to connect as who may do everything.</summary>
    public string Administrator => Connection(Superuser, "postgres");

    // Of its socket too, though that lies in a folder of its own.
    private int Port => Tls?.Port ?? 5432;

    private string Data => Path.Combine(Directory, "data");

    /// <summary>Its processes; none once it has ended, as one that was told to shut down does at any moment.</summary>
    private int[] Children
    {
        get
        {
            try
            {
                return
                [
                    .. File.ReadAllText($"/proc/{_process!.Id}/task/{_process.Id}/children")
                        .Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
                        .Select(process => int.Parse(process, CultureInfo.InvariantCulture)),
                ];
            }
            catch (IOException)
            {
                return [];
            }
        }
    }

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        if (IsMissing)
        {
            return;
        }
        if (Environment.IsPrivilegedProcess)
        {
            // PostgreSQL does not run as root.
            await RunAsync(new ProcessStartInfo("chown", [$"{Superuser}:", Directory]));
        }
        await RunAsync(
            AsUser("initdb", "-D", Data, "-U", Superuser, "-A", "trust", "-E", "UTF8", "--locale=C", "--no-sync")
        );
        if (Tls is { } tls)
        {
            await WriteAsync("server.crt", tls.Certificate);
            await WriteAsync("server.key", tls.Key);
        }
        await StartAsync();
        Execute(Administrator, $"CREATE ROLE {User} LOGIN");
    }

    /// <summary>Starts it, again after it was killed.</summary>
    public async Task StartAsync()
    {
        var since = Stopwatch.GetTimestamp();
        while (true)
        {
            Start();
            if (await IsReadyAsync())
            {
                return;
            }
            // The processes of the one that was killed may be there still.
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, "PostgreSQL does not start.");
        }
    }

    /// <summary>Kills it with all of its processes, as a machine that has no memory left does.</summary>
    public async Task KillAsync()
    {
        // One that is stopped makes no more.
        Signal("STOP", _process!.Id);
        Signal("KILL", [.. Children, _process.Id]);
        await _process.WaitForExitAsync();
        _process.Dispose();
    }

    /// <summary>Stops all of its processes where they are, so that nothing is answered and no connection ends.</summary>
    public void Suspend()
    {
        Signal("STOP", _process!.Id);
        Signal("STOP", Children);
    }

    /// <summary>Lets them go on.</summary>
    public void Resume() => Signal("CONT", [.. Children, _process!.Id]);

    /// <summary>Has it shut down, without waiting until it has.</summary>
    public void BeginShutdown() => Signal("INT", _process!.Id);

    /// <summary>Skips the test where PostgreSQL is not installed.</summary>
    public static void SkipWhereMissing() =>
        Assert.SkipWhen(
            IsMissing,
            "PostgreSQL is not installed here: run tests/Scoring.Postgres.Tests/install.sh as root."
        );

    /// <summary>Makes an empty database and gives how to connect to it.</summary>
    public string NewDatabase()
    {
        SkipWhereMissing();
        var name = $"scoring{Interlocked.Increment(ref _databases)}";
        Execute(Administrator, $"CREATE DATABASE {name} OWNER {User}");
        return Connection(User, name);
    }

    /// <summary>Sends a signal to some of its processes, those that are still there.</summary>
    public static void Signal(string signal, params int[] processes)
    {
        using var kill = Process.Start(
            new ProcessStartInfo("kill", [$"-{signal}", .. processes.Select(process => $"{process}")])
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            }
        )!;
        kill.WaitForExit();
    }

    /// <summary>Executes a statement.</summary>
    public static void Execute(string database, string statement)
    {
        using var source = NpgsqlDataSource.Create(database);
        using var command = source.CreateCommand(statement);
        command.ExecuteNonQuery();
    }

    /// <summary>Asks for one value.</summary>
    public static T Ask<T>(string database, string question)
    {
        using var source = NpgsqlDataSource.Create(database);
        using var command = source.CreateCommand(question);
        return (T)command.ExecuteScalar()!;
    }

    /// <summary>Stops it.</summary>
    public async Task StopAsync()
    {
        if (_process is null)
        {
            return;
        }
        // It takes its own processes with it, as a kill would not.
        await RunAsync(AsUser("pg_ctl", "stop", "-D", Data, "-m", "immediate"));
        await _process.WaitForExitAsync();
        _process.Dispose();
        _process = null;
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await StopAsync();
        System.IO.Directory.Delete(Directory, recursive: true);
    }

    private void Start()
    {
        string[] settings =
        [
            .. Tls is { } tls
                ? (string[])["listen_addresses=127.0.0.1", $"port={tls.Port}", "ssl=on"]
                : ["listen_addresses="],
            $"unix_socket_directories={Directory}",
            // What is tested is what is acknowledged, not what a power failure leaves.
            "fsync=off",
            "max_connections=300",
            // It holds tables for moments that no test can know of, and those in use are dropped later.
            "autovacuum=off",
        ];
        _process = Process.Start(
            AsUser("postgres", ["-D", Data, .. settings.SelectMany(setting => (string[])["-c", setting])])
        )!;
        _process.OutputDataReceived += (_, _) => { };
        _process.ErrorDataReceived += (_, _) => { };
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
    }

    private async Task WriteAsync(string name, string content)
    {
        var path = Path.Combine(Data, name);
        await File.WriteAllTextAsync(path, content);
        await RunAsync(new ProcessStartInfo("chmod", ["600", path]));
        if (Environment.IsPrivilegedProcess)
        {
            await RunAsync(new ProcessStartInfo("chown", [$"{Superuser}:", path]));
        }
    }

    private string Connection(string user, string database) =>
        $"Host={Directory};Port={Port};Username={user};Database={database};Pooling=false;Include Error Detail=true";

    private async Task<bool> IsReadyAsync()
    {
        var since = Stopwatch.GetTimestamp();
        await using var source = NpgsqlDataSource.Create(Administrator);
        while (!_process!.HasExited)
        {
            try
            {
                await using var connection = await source.OpenConnectionAsync();
                return true;
            }
            catch (NpgsqlException) when (Stopwatch.GetElapsedTime(since) < Patience)
            {
                await Task.Delay(TimeSpan.FromMilliseconds(20));
            }
        }
        return false;
    }

    private ProcessStartInfo AsUser(string program, params string[] arguments)
    {
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo(
                "setpriv",
                [$"--reuid={Superuser}", $"--regid={Superuser}", "--clear-groups", "--", Program(program), .. arguments]
            )
            : new ProcessStartInfo(Program(program), arguments);
        start.WorkingDirectory = Directory;
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        return start;
    }

    /// <summary>Where a program of PostgreSQL lies; on Debian that is not in the PATH.</summary>
    private static string Program(string name) =>
        System.IO.Directory.Exists("/usr/lib/postgresql")
            ? System
                .IO.Directory.GetDirectories("/usr/lib/postgresql")
                .OrderDescending(StringComparer.Ordinal)
                .Select(version => Path.Combine(version, "bin", name))
                .FirstOrDefault(File.Exists)
                ?? name
            : name;

    private static bool IsInPath(string name) =>
        (Environment.GetEnvironmentVariable("PATH") ?? "")
            .Split(Path.PathSeparator)
            .Any(folder => File.Exists(Path.Combine(folder, name)));

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
