using Scoring.Cli.Tests;
using Scoring.Cli.Tests.Support;
using Scoring.Cli.Tests.Terminal;
using Scoring.Client;

namespace Scoring.Acceptance.Tests.RavenStack;

/// <summary>RavenStack imported by the command into a real service, and what SQL expects of it. Empty where the data is not there.</summary>
public abstract class RavenStackFixture : IAsyncLifetime
{
    /// <summary>Day of the read time, 2025-01-01T00:00:00Z.</summary>
    public const string At = "2025-01-01";

    // docs/configuration.md: event types that make nobody active, unless configured.
    private const string Passive = """
        ["payment_failed", "subscription_started", "subscription_upgraded", "subscription_downgraded", "subscription_cancelled"]
        """;

    private readonly TempFolder _state = new();
    private string _address = "";

    internal RavenStackData Expected { get; private set; } = null!;

    internal ScoringClient Client { get; private set; } = null!;

    internal CommandRun FirstImport { get; private set; } = null!;

    /// <summary>Skips the test where the data is not beside the repository.</summary>
    public static void SkipWithoutData() =>
        Assert.SkipUnless(
            RavenStackData.Folder is not null,
            "RavenStack is not here: put its CSV files into ../shared/data/ravenstack, or name their folder in SCORING_RAVENSTACK."
        );

    /// <inheritdoc />
    public async ValueTask InitializeAsync()
    {
        if (RavenStackData.Folder is null || !CanStart)
        {
            return;
        }

        var model = await File.ReadAllTextAsync(Path.Combine(Repository.Root, "models", "engagement.json"));
        Expected = RavenStackData.Load(model, At, Passive);
        _address = await StartAsync();
        Client = new ScoringClient(_address);
        FirstImport = await ImportAsync("journal");
    }

    /// <summary>Imports everything, with the journal of a name.</summary>
    internal Task<CommandRun> ImportAsync(string journal) =>
        CommandRun.OfAsync(
            "import",
            "--mapping",
            Path.Combine(Repository.Root, "examples", "ravenstack", "mapping.yaml"),
            RavenStackData.Folder!,
            "--address",
            _address,
            "--state",
            Path.Combine(_state.Path, journal),
            "--json"
        );

    /// <inheritdoc />
    public async ValueTask DisposeAsync()
    {
        if (Client is not null)
        {
            Client.Dispose();
        }

        Expected?.Dispose();
        await StopAsync();
        _state.Dispose();
        GC.SuppressFinalize(this);
    }

    /// <summary>Whether what the service needs is installed here; the tests skip themselves where not.</summary>
    private protected virtual bool CanStart => true;

    /// <summary>Starts the service and gives its address.</summary>
    private protected abstract Task<string> StartAsync();

    /// <summary>Stops the service, if it was started.</summary>
    private protected abstract Task StopAsync();
}
