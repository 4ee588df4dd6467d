using System.Text.Json;
using Scoring.Cluster.Tests.Postgres;
using Scoring.Core.Workspaces;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>Three silo processes for the specifications of all hosts. Every test gets a workspace of its own in them.</summary>
public sealed class SilosOverTheWire(PostgresServer postgres) : IBackendHosts, IAsyncLifetime
{
    // The workspaces of a silo are known when it starts.
    private const int Prepared = 70;

    // More than any specification's clock runs ahead of the machine's, or records in one batch.
    private static readonly string[] Settings = ["--MaxFutureSkew=7d", "--MaxBatch=20000"];

    private readonly Queue<string> _free = new();
    private readonly Dictionary<string, WorkspaceSettings> _workspaces = new(StringComparer.Ordinal);
    private readonly List<SiloProcess> _processes = [];

    internal IReadOnlyList<SiloProcess> Processes => _processes;

    /// <inheritdoc/>
    public async ValueTask InitializeAsync()
    {
        for (var i = 0; i < Prepared; i++)
        {
            Add(new WorkspaceSettings { Name = $"plain{i}" });
            _free.Enqueue($"plain{i}");
        }
        try
        {
            var connection = await postgres.NewDatabaseAsync();
            for (var i = 0; i < 3; i++)
            {
                _processes.Add(await SiloProcess.StartAsync(connection, Configuration(), Settings));
            }
        }
        catch
        {
            await DisposeAsync();
            throw;
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        foreach (var process in _processes)
        {
            await process.DisposeAsync();
        }
    }

    /// <inheritdoc/>
    public async Task<BackendHost> StartAsync(WorkspaceSettings settings, int variant)
    {
        if (IsPlain(settings) && _free.TryDequeue(out var free))
        {
            return new WireHost(this, free);
        }
        var workspace = settings with { Name = $"other{_workspaces.Count}" };
        Add(workspace);
        foreach (var process in _processes)
        {
            process.Configuration = Configuration();
            await process.StopAsync();
            await process.StartAsync();
        }
        return new WireHost(this, workspace.Name);
    }

    /// <summary>Ends all silos without a word and starts them again.</summary>
    public async Task CrashAndRestartAsync()
    {
        foreach (var process in _processes)
        {
            await process.KillAsync();
        }
        await Task.WhenAll(_processes.Select(process => process.StartAsync()));
    }

    /// <summary>Ends one silo, with a word or without, and starts it again.</summary>
    public async Task ReplaceAsync(Random random)
    {
        var process = _processes[random.Next(_processes.Count)];
        await (random.Next(2) == 0 ? process.StopAsync() : process.KillAsync());
        await process.StartAsync();
    }

    private static bool IsPlain(WorkspaceSettings settings)
    {
        var plain = new WorkspaceSettings { Name = settings.Name };
        return JsonSerializer.Serialize(settings) == JsonSerializer.Serialize(plain);
    }

    private void Add(WorkspaceSettings workspace) => _workspaces.Add(workspace.Name, workspace);

    /// <summary>As an operator would write it.</summary>
    private string Configuration() =>
        JsonSerializer.Serialize(
            new
            {
                Scoring = new
                {
                    Workspaces = _workspaces.Values.ToDictionary(
                        workspace => workspace.Name,
                        workspace => new
                        {
                            workspace.HalfLivesDays,
                            workspace.KeyFeatures,
                            workspace.PassiveEventTypes,
                        },
                        StringComparer.Ordinal
                    ),
                },
            }
        );
}
