using Scoring.Cli.Tests.Support;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Acceptance.Tests.Crashes;

/// <summary>What is killed and started again.</summary>
/// <param name="Name">What to call it.</param>
/// <param name="BeginStop">Has it stop in good order, and does not wait.</param>
/// <param name="Kill">Kills it.</param>
/// <param name="Start">Starts it again; done when it is ready.</param>
internal sealed record Victim(string Name, Action BeginStop, Func<Task> Kill, Func<Task> Start)
{
    public static Victim Of(string name, RunningServer server) =>
        new(name, server.BeginStop, server.KillAsync, server.StartAgainAsync);

    public static Victim Of(PostgresServer postgres) =>
        new("PostgreSQL", postgres.BeginShutdown, postgres.KillAsync, postgres.StartAsync);
}
