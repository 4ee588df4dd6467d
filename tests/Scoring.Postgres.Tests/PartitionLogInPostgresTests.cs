using Scoring.Core;
using Scoring.Engine;
using Scoring.Engine.Journal;
using Scoring.Postgres.Tests.Support;

namespace Scoring.Postgres.Tests;

/// <summary>The log in one database.</summary>
public sealed class PartitionLogInPostgresTests(PostgresServer server)
    : PartitionLogInPostgresSpecs(server, databases: 1);

/// <summary>The log in two databases.</summary>
public sealed class PartitionLogInTwoDatabasesTests(PostgresServer server)
    : PartitionLogInPostgresSpecs(server, databases: 2);

public abstract class PartitionLogInPostgresSpecs : PartitionLogSpecs
{
    private readonly string[] _databases;
    private readonly List<PostgresStore> _stores = [];

    protected PartitionLogInPostgresSpecs(PostgresServer server, int databases)
    {
        _databases = [.. Enumerable.Range(0, databases).Select(_ => server.NewDatabase())];
        using var store = new PostgresStore(TestServer.Options(_databases));
        store.Make(TestServer.Identity, checkpoints => TestServer.Fill(checkpoints, Partitions));
    }

    protected override void Dispose(bool isDisposing) => _stores.ForEach(store => store.Dispose());

    private protected override IPartitionLog Open(IReadOnlyList<LogSpan> spans, Action<CommitStep> probe)
    {
        var store = new PostgresStore(TestServer.Options(_databases) with { CommitProbe = probe });
        _stores.Add(store);
        for (var partition = 0; partition < Partitions; partition++)
        {
            store.Ownership.Claim(partition);
        }
        return store.OpenLog(TestServer.Identity, Durability.OnDisk, spans);
    }
}
