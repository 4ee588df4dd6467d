using System.Data;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Scoring.Postgres.Moving;

/// <summary>Everything in the tables, for one alone and in one transaction: what is not committed was never there.</summary>
/// <remarks>Rows are streamed, and waited for on the thread of the caller. One stream at a time.</remarks>
internal sealed class AllTables : IDisposable
{
    private readonly NpgsqlDataSource _source;
    private readonly NpgsqlConnection _connection;
    private NpgsqlTransaction? _transaction;

    private AllTables(NpgsqlDataSource source, NpgsqlConnection connection) =>
        (_source, _connection) = (source, connection);

    /// <summary>Whether the tables are there; without them nothing else may be asked for.</summary>
    public bool AreThere => Ask<bool>(Schema.AreThere);

    /// <summary>Whether anything was recorded.</summary>
    public bool HaveFacts =>
        Ask<bool>(
            $"""
            SELECT EXISTS (SELECT FROM scoring_customer) OR EXISTS (SELECT FROM scoring_event_id)
                OR EXISTS (SELECT FROM scoring_state WHERE kind = '{DocumentKinds.Account}')
            """
        );

    /// <summary>Number of event ids of customers.</summary>
    public long EventIds =>
        Ask<long>($"SELECT coalesce(sum(length(ids) / {StoredEventId.Bytes}), 0)::bigint FROM scoring_event_id");

    /// <summary>Connects and claims the tables; null when a silo uses them, or somebody else moves everything.</summary>
    /// <exception cref="NpgsqlException">PostgreSQL does not answer, or refuses.</exception>
    /// <exception cref="ArgumentException">The connection is not in Npgsql's words.</exception>
    public static async Task<AllTables?> ClaimAsync(string connectionString, CancellationToken cancellationToken)
    {
        var settings = new NpgsqlConnectionStringBuilder(connectionString) { CommandTimeout = 0 };
        var source = NpgsqlDataSource.Create(settings);
        try
        {
            var connection = await source.OpenConnectionAsync(cancellationToken);
            if (await StoreClaim.TryTakeAsync(connection, cancellationToken))
            {
                return new AllTables(source, connection);
            }
            await connection.DisposeAsync();
        }
        catch
        {
            await source.DisposeAsync();
            throw;
        }
        await source.DisposeAsync();
        return null;
    }

    /// <summary>Makes the tables that are not there.</summary>
    public Task CreateAsync(CancellationToken cancellationToken) => Schema.EnsureAsync(_source, cancellationToken);

    /// <summary>Begins the transaction; everything is read as of now.</summary>
    public void Begin() => _transaction = _connection.BeginTransaction(IsolationLevel.RepeatableRead);

    /// <summary>Makes what was written permanent.</summary>
    public void Commit() => _transaction!.Commit();

    /// <summary>The workspaces, by name (ordinal).</summary>
    /// <exception cref="InvalidDataException">A document is malformed.</exception>
    public IReadOnlyList<TableWorkspace> Workspaces()
    {
        var customers = Count("SELECT workspace, count(*) FROM scoring_customer GROUP BY workspace");
        var accounts = ReadAccounts()
            .CountBy(account => account.Workspace)
            .ToDictionary(a => a.Key, a => (long)a.Value);
        var documents = ReadDocuments().ToDictionary(d => (d.Kind, Encoding.UTF8.GetString(d.Key)), d => d.Content);
        byte[] Content(string kind, string name) => documents.GetValueOrDefault((kind, name), []);
        return
        [
            .. documents
                .Keys.Select(document => document.Item2)
                .Concat(customers.Keys)
                .Concat(accounts.Keys)
                .Where(name => name.Length > 0)
                .Distinct(StringComparer.Ordinal)
                .Order(StringComparer.Ordinal)
                .Select(name => new TableWorkspace(
                    name,
                    Content(DocumentKinds.Workspace, name) is { Length: > 0 } stored
                        ? StoredWorkspace.Read(stored)
                        : null,
                    StoredModels.Read(Content(DocumentKinds.Models, name)),
                    StoredNames.Read(Content(DocumentKinds.Names, name)),
                    customers.GetValueOrDefault(name),
                    accounts.GetValueOrDefault(name)
                )),
        ];
    }

    /// <summary>All customers.</summary>
    public IEnumerable<TableCustomer> ReadCustomers() =>
        ReadCustomersOf("SELECT workspace, customer, record FROM scoring_customer");

    /// <summary>The customers of a workspace.</summary>
    public IEnumerable<TableCustomer> ReadCustomers(string workspace) =>
        ReadCustomersOf(
            $"SELECT workspace, customer, record FROM scoring_customer WHERE workspace = {Literal(workspace)}"
        );

    private IEnumerable<TableCustomer> ReadCustomersOf(string select)
    {
        using var rows = Export(select);
        while (rows.StartRow() >= 0)
        {
            yield return new(rows.Read<string>(), rows.Read<byte[]>(), rows.Read<byte[]>());
        }
    }

    /// <summary>All accounts.</summary>
    /// <exception cref="InvalidDataException">A key is malformed.</exception>
    public IEnumerable<(string Workspace, string Account, byte[] Record)> ReadAccounts()
    {
        using var rows = Export($"SELECT key, content FROM scoring_state WHERE kind = '{DocumentKinds.Account}'");
        while (rows.StartRow() >= 0)
        {
            var (workspace, account) = DocumentKinds.AccountOf(rows.Read<byte[]>());
            yield return (workspace, account, rows.Read<byte[]>());
        }
    }

    /// <summary>All event ids of customers.</summary>
    /// <exception cref="InvalidDataException">A block is malformed.</exception>
    public IEnumerable<TableEventId> ReadEventIds()
    {
        using var rows = Export("SELECT workspace, customer, ids FROM scoring_event_id");
        while (rows.StartRow() >= 0)
        {
            var (workspace, customer) = (rows.Read<string>(), rows.Read<byte[]>());
            foreach (var id in StoredEventId.ReadBlock(rows.Read<byte[]>()))
            {
                yield return new(workspace, customer, id);
            }
        }
    }

    /// <summary>What is known of imported event ids; null when none were ever imported.</summary>
    public ImportedIds? Imported() =>
        ReadDocuments().Find(d => d.Kind == DocumentKinds.ImportedIds).Content is { } content
            ? ImportedIds.Read(content)
            : null;

    /// <summary>The imported event ids that have not been removed.</summary>
    public IEnumerable<ImportedId> ReadImportedIds()
    {
        using var rows = Export("SELECT partition, key, content, received FROM scoring_imported_id");
        while (rows.StartRow() >= 0)
        {
            yield return new(
                rows.Read<short>(),
                new StoredEventId(
                    ImportedIds.FromGuid(rows.Read<Guid>()),
                    unchecked((ulong)rows.Read<long>()),
                    rows.Read<long>()
                )
            );
        }
    }

    /// <summary>Removes what silos leave in tables without facts: models from files, names, what was once imported.</summary>
    public void Clear() => Run("DELETE FROM scoring_state; DELETE FROM scoring_imported_id");

    /// <summary>Adds customers.</summary>
    public void WriteCustomers(IEnumerable<TableCustomer> customers)
    {
        using var rows = Import("scoring_customer (workspace, customer, bucket, version, changed, record)");
        var now = DateTime.UtcNow;
        foreach (var customer in customers)
        {
            rows.StartRow();
            rows.Write(customer.Workspace, NpgsqlDbType.Text);
            rows.Write(customer.Id, NpgsqlDbType.Bytea);
            rows.Write(Buckets.Of(customer.Id.Span), NpgsqlDbType.Smallint);
            rows.Write(1L, NpgsqlDbType.Bigint);
            rows.Write(now, NpgsqlDbType.TimestampTz);
            rows.Write(customer.Record, NpgsqlDbType.Bytea);
        }
        rows.Complete();
    }

    /// <summary>Adds documents.</summary>
    public void WriteDocuments(IEnumerable<(string Kind, byte[] Key, ReadOnlyMemory<byte> Content)> documents)
    {
        using var rows = Import("scoring_state (kind, key, version, content)");
        foreach (var (kind, key, content) in documents)
        {
            rows.StartRow();
            rows.Write(kind, NpgsqlDbType.Text);
            rows.Write(key, NpgsqlDbType.Bytea);
            rows.Write(1L, NpgsqlDbType.Bigint);
            rows.Write(content, NpgsqlDbType.Bytea);
        }
        rows.Complete();
    }

    /// <summary>Adds event ids of a standalone store.</summary>
    public void WriteImportedIds(IEnumerable<ImportedId> ids)
    {
        using var rows = Import("scoring_imported_id (partition, key, content, received)");
        foreach (var (partition, id) in ids)
        {
            rows.StartRow();
            rows.Write((short)partition, NpgsqlDbType.Smallint);
            rows.Write(ImportedIds.ToGuid(id.Key), NpgsqlDbType.Uuid);
            rows.Write(unchecked((long)id.Content), NpgsqlDbType.Bigint);
            rows.Write(id.ReceivedTicks, NpgsqlDbType.Bigint);
        }
        rows.Complete();
    }

    /// <summary>Ends the connection, and with it the claim and whatever was not committed.</summary>
    public void Dispose()
    {
        _transaction?.Dispose();
        _connection.Dispose();
        _source.Dispose();
    }

    /// <summary>All documents but accounts.</summary>
    private List<(string Kind, byte[] Key, byte[] Content)> ReadDocuments()
    {
        var documents = new List<(string, byte[], byte[])>();
        using var rows = Export(
            $"SELECT kind, key, content FROM scoring_state WHERE kind <> '{DocumentKinds.Account}'"
        );
        while (rows.StartRow() >= 0)
        {
            documents.Add((rows.Read<string>(), rows.Read<byte[]>(), rows.Read<byte[]>()));
        }
        return documents;
    }

    private Dictionary<string, long> Count(string sql)
    {
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        using var rows = Export(sql);
        while (rows.StartRow() >= 0)
        {
            counts.Add(rows.Read<string>(), rows.Read<long>());
        }
        return counts;
    }

    private NpgsqlBinaryExporter Export(string select) =>
        _connection.BeginBinaryExport($"COPY ({select}) TO STDOUT (FORMAT BINARY)");

    private NpgsqlBinaryImporter Import(string columns) =>
        _connection.BeginBinaryImport($"COPY {columns} FROM STDIN (FORMAT BINARY)");

    // COPY takes no parameters.
    private static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private T Ask<T>(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        return (T)command.ExecuteScalar()!;
    }

    private void Run(string sql)
    {
        using var command = _connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }
}
