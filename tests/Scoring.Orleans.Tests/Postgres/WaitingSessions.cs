using Npgsql;

namespace Scoring.Cluster.Tests.Postgres;

/// <summary>The sessions of a database that wait for a lock. Other tests have databases of their own in the same server.</summary>
internal static class WaitingSessions
{
    private const string Them = "FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()";

    /// <summary>How many there are.</summary>
    public static Task<long> CountAsync(NpgsqlDataSource source) => AskAsync(source, $"SELECT count(*) {Them}");

    /// <summary>Ends them, as a PostgreSQL that fails over would.</summary>
    /// <returns>How many.</returns>
    public static Task<long> EndAsync(NpgsqlDataSource source) =>
        AskAsync(source, $"SELECT count(pg_terminate_backend(pid)) {Them}");

    // Not within a transaction: there, PostgreSQL shows the sessions that there were at the first look.
    private static async Task<long> AskAsync(NpgsqlDataSource source, string question)
    {
        await using var command = source.CreateCommand(question);
        return (long)(await command.ExecuteScalarAsync(TestContext.Current.CancellationToken))!;
    }
}
