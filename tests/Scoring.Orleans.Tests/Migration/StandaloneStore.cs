using Microsoft.Extensions.Time.Testing;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine;

namespace Scoring.Cluster.Tests.Migration;

/// <summary>A data directory of a standalone server that has recorded something in two workspaces; gone with this object.</summary>
internal sealed class StandaloneStore : IDisposable
{
    public const string Other = "other";

    private readonly string _root = Directory.CreateTempSubdirectory("scoring-migrate-").FullName;

    public StandaloneStore() => Data = NewDirectory("data");

    public static WorkspaceSettings[] Workspaces { get; } =
    [
        new() { Name = WorkspaceSettings.DefaultName },
        new()
        {
            Name = Other,
            HalfLivesDays = [1, 7, 30, 90],
            PassiveEventTypes = ["complaint"],
        },
    ];

    public string Data { get; }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    /// <summary>Its files, for comparing.</summary>
    public Dictionary<string, byte[]> Files =>
        Directory.EnumerateFiles(Data).ToDictionary(file => Path.GetFileName(file)!, File.ReadAllBytes);

    /// <summary>What was recorded in both workspaces: the same ids mean different events there.</summary>
    public Sample[] Events { get; } = MakeEvents();

    public static string[] Customers { get; } = [.. Enumerable.Range(0, 300).Select(i => $"c{i}")];

    public static string[] Accounts { get; } = [.. Enumerable.Range(0, 20).Select(i => $"a{i}")];

    public string NewDirectory(string name) => Path.Combine(_root, name);

    /// <summary>A copy that may be opened while what it was made of stays as it is.</summary>
    public string Copy(string name)
    {
        var copy = Directory.CreateDirectory(NewDirectory(name)).FullName;
        foreach (var (file, content) in Files)
        {
            File.WriteAllBytes(Path.Combine(copy, file), content);
        }
        return copy;
    }

    public Task<ScoringEngine> OpenAsync(string? directory = null, int? partitions = 3) =>
        ScoringEngine.OpenAsync(
            new EngineOptions
            {
                DataDirectory = directory ?? Data,
                Partitions = partitions,
                TimeProvider = Clock,
                Workspaces = Workspaces,
            },
            BackendHost.Cancellation
        );

    /// <summary>Records everything and closes the store.</summary>
    public async Task FillAsync()
    {
        await using var engine = await OpenAsync();
        var random = new Random(17);
        foreach (var workspace in Workspaces.Select(w => w.Name))
        {
            await engine.PutModelAsync(workspace, Samples.Model(), BackendHost.Cancellation);
            await engine.PutModelAsync(
                workspace,
                Samples.Model(weight: 3) with
                {
                    Version = 1,
                },
                BackendHost.Cancellation
            );
            await engine.PutModelAsync(workspace, Samples.Model("second"), BackendHost.Cancellation);
            CustomerUpdate[] customers =
            [
                .. Customers
                    .Take(200)
                    .Select(c => new CustomerUpdate(c, $"a{random.Next(20)}", [new("plan", $"p{random.Next(3)}")])),
            ];
            await engine.UpsertCustomersAsync(workspace, customers, BackendHost.Cancellation);
            AccountUpdate[] accounts = [.. Accounts.Select((a, i) => new AccountUpdate(a, i * 3, [new("tier", "x")]))];
            await engine.UpsertAccountsAsync(workspace, accounts, BackendHost.Cancellation);
            foreach (var chunk in Events.Chunk(1_000))
            {
                using var batch = Samples.Batch(chunk, workspace);
                Assert.Empty((await engine.RecordAsync(batch, BackendHost.Cancellation)).Rejections);
            }
        }
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    private static Sample[] MakeEvents()
    {
        var random = new Random(5);
        var now = Instant.From(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));
        return
        [
            .. Enumerable
                .Range(0, 3_000)
                .Select(i => new Sample(
                    Customers[random.Next(Customers.Length)],
                    $"e{i}",
                    Samples.Types[random.Next(3)],
                    random.Next(3) == 0 ? random.Next(100) / 8.0 : 1,
                    now - TimeSpan.FromMinutes(random.Next(90 * 24 * 60)),
                    random.Next(3) == 0 ? $"f{random.Next(12)}" : "",
                    random.Next(5) == 0 ? $"a{random.Next(20)}" : ""
                )),
        ];
    }
}
