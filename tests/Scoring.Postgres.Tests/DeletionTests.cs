using System.Text;
using Scoring.Core.Recording;
using Scoring.Core.Workspaces;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>What was deleted leaves the tables too.</summary>
public sealed class DeletionTests(PostgresServer server)
{
    private const string Customer = "somebody-who-wants-to-be-forgotten";
    private const string Account = "company-that-went-elsewhere";
    private const int MostCheckpoints = 10;

    [Fact]
    public async Task What_was_deleted_stands_in_no_table_after_a_few_checkpoints()
    {
        var settings = new WorkspaceSettings { Name = WorkspaceSettings.DefaultName };
        await using var engine = (PostgresEngine)await new PostgresEngines(server).StartAsync(settings, variant: 0);
        await engine.Upsert(new AccountUpdate(Account, 7, []));
        await engine.Record(new Sample(Customer, Account: Account), new Sample("c1", Account: Account));
        await engine.CheckpointAsync();
        await engine.Record(new Sample(Customer, Account: Account));
        Assert.True(Stands(engine, Customer) && Stands(engine, Account));

        await engine.Delete(Customer);
        await engine.DeleteAccount(Account, releaseCustomers: true);

        for (var left = MostCheckpoints; Stands(engine, Customer) || Stands(engine, Account); left--)
        {
            Assert.True(left > 0, "It stands there still.");
            // What is written afterwards goes into another table of the log.
            await engine.Record([.. Enumerable.Range(0, 50).Select(i => new Sample($"c{i}"))]);
            await engine.CheckpointAsync();
        }
        await engine.CrashAndRestartAsync();
        Assert.Null(await engine.Customer(Customer));
        Assert.NotNull(await engine.Customer("c1"));
    }

    private static bool Stands(PostgresEngine engine, string id) =>
        engine.Databases.Any(database => Tables(database).Any(table => Holds(database, table, id)));

    private static string[] Tables(string database) =>
        PostgresServer
            .Ask<string>(
                database,
                "SELECT string_agg(table_name, ' ') FROM information_schema.tables WHERE table_schema = 'scoring'"
            )
            .Split(' ');

    private static bool Holds(string database, string table, string id) =>
        PostgresServer.Ask<long>(
            database,
            $"SELECT count(*) FROM scoring.{table} t WHERE t::text LIKE '%{Convert.ToHexStringLower(Encoding.UTF8.GetBytes(id))}%'"
        ) > 0;
}
