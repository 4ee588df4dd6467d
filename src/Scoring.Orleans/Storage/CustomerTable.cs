using System.Data;
using System.Text;
using Npgsql;
using NpgsqlTypes;
using Scoring.Cluster.Customers;
using Scoring.Postgres;

namespace Scoring.Cluster.Storage;

/// <summary>The customers in PostgreSQL.</summary>
internal sealed class CustomerTable(NpgsqlDataSource source)
{
    // One statement, so one round trip and one transaction, for any number of customers. Ids are only touched for customers whose version
    // was the expected one: who was fenced off changes nothing at all.
    //
    // PostgreSQL keeps its plans, and tables grow: a plan that was made for small ones must not read all of large ones. So rows are looked
    // up one by one, by a lateral subquery that OFFSET 0 keeps from being planned as a join, and changed where they were found.
    private const string WriteAll = """
        WITH given AS (
            SELECT * FROM unnest(@n, @workspace, @customer, @bucket, @expected, @record, @first_block)
                AS g(n, workspace, customer, bucket, expected, record, first_block)
        ), inserted AS (
            INSERT INTO scoring_customer (workspace, customer, bucket, version, changed, record)
            SELECT workspace, customer, bucket, 1, clock_timestamp(), record FROM given WHERE expected = 0
            ORDER BY workspace, customer
            ON CONFLICT DO NOTHING
            RETURNING workspace, customer
        ), updated AS (
            UPDATE scoring_customer c
            SET version = g.expected + 1, changed = clock_timestamp(), record = g.record
            FROM given g CROSS JOIN LATERAL (
                SELECT ctid AS place FROM scoring_customer
                WHERE workspace = g.workspace AND customer = g.customer
                OFFSET 0
            ) found
            WHERE g.expected > 0 AND c.ctid = found.place AND c.version = g.expected
            RETURNING g.n, g.workspace, g.customer, g.first_block
        ), written AS (
            SELECT n, workspace, customer FROM inserted JOIN given USING (workspace, customer)
            UNION ALL SELECT n, workspace, customer FROM updated
        ), forgotten AS (
            DELETE FROM scoring_event_id e
            USING updated u CROSS JOIN LATERAL (
                SELECT ctid AS place FROM scoring_event_id
                WHERE workspace = u.workspace AND customer = u.customer AND block < u.first_block
                OFFSET 0
            ) found
            WHERE u.first_block > 0 AND e.ctid = found.place
        ), remembered AS (
            INSERT INTO scoring_event_id (workspace, customer, block, ids)
            SELECT w.workspace, w.customer, b.block, b.ids
            FROM unnest(@block_of, @block, @ids) AS b(n, block, ids) JOIN written w USING (n)
            ON CONFLICT (workspace, customer, block) DO UPDATE SET ids = EXCLUDED.ids
        )
        SELECT n FROM written
        """;

    // Of each customer first its record, then its ids by rising block.
    private const string ReadAll = """
        WITH given AS (
            SELECT * FROM unnest(@n, @workspace, @customer) AS g(n, workspace, customer)
        )
        SELECT n, -1, version, content FROM given g CROSS JOIN LATERAL (
            SELECT version, record AS content FROM scoring_customer
            WHERE workspace = g.workspace AND customer = g.customer
            OFFSET 0
        ) customer
        UNION ALL
        SELECT n, block, 0, ids FROM given g CROSS JOIN LATERAL (
            SELECT block, ids FROM scoring_event_id
            WHERE workspace = g.workspace AND customer = g.customer
            OFFSET 0
        ) remembered
        ORDER BY 1, 2
        """;

    private const string ReadBuckets = """
        SELECT customer, version, record FROM scoring_customer
        WHERE workspace COLLATE "POSIX" = @workspace AND bucket >= @first AND bucket < @end AND changed >= @since
        """;

    /// <summary>Writes customers, each by itself: there, or fenced off by another version than the expected one.</summary>
    /// <param name="writes">The writes, of distinct customers.</param>
    /// <param name="cancellationToken">Ends the wait; the outcome is unknown then.</param>
    /// <returns>For each write whether it is there.</returns>
    public async Task<bool[]> WriteAsync(IReadOnlyList<CustomerWrite> writes, CancellationToken cancellationToken)
    {
        await using var command = source.CreateCommand(WriteAll);
        AddParameters(command.Parameters, writes);
        var written = new bool[writes.Count];
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            written[reader.GetInt32(0)] = true;
        }
        return written;
    }

    /// <summary>Reads a customer with its event ids; version 0 when there is none.</summary>
    public async Task<(long Version, CustomerState State)> ReadAsync(
        CustomerKey customer,
        CancellationToken cancellationToken
    ) => (await ReadAsync([customer], cancellationToken))[0];

    /// <summary>Reads customers with their event ids, in the order they are named in; version 0 for those that there are not.</summary>
    public async Task<(long Version, CustomerState State)[]> ReadAsync(
        IReadOnlyList<CustomerKey> customers,
        CancellationToken cancellationToken
    )
    {
        await using var command = source.CreateCommand(ReadAll);
        AddParameters(command.Parameters, customers);
        var read = new (long Version, CustomerState State)[customers.Count];
        foreach (ref var customer in read.AsSpan())
        {
            customer.State = new CustomerState();
        }
        await using var reader = await command.ExecuteReaderAsync(cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            ref var customer = ref read[reader.GetInt32(0)];
            if (reader.GetInt32(1) is var block and >= 0)
            {
                customer.State.Window.Restore(block, reader.GetFieldValue<byte[]>(3));
                continue;
            }
            customer.Version = reader.GetInt64(2);
            customer.State.Record = reader.GetFieldValue<byte[]>(3);
        }
        return read;
    }

    /// <summary>Reads the customers of some buckets that changed since an instant of the store's clock.</summary>
    public async IAsyncEnumerable<StoredCustomer> ReadAsync(
        string workspace,
        int firstBucket,
        int endBucket,
        DateTime changedSince,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        await using var command = source.CreateCommand(ReadBuckets);
        command.Parameters.AddWithValue("workspace", workspace);
        command.Parameters.AddWithValue("first", (short)firstBucket);
        // The end may be one more than a smallint of buckets holds only if there were 32,768 of them.
        command.Parameters.AddWithValue("end", (short)endBucket);
        command.Parameters.AddWithValue("since", NpgsqlDbType.TimestampTz, changedSince);
        await using var reader = await command.ExecuteReaderAsync(CommandBehavior.SequentialAccess, cancellationToken);
        while (await reader.ReadAsync(cancellationToken))
        {
            yield return new(reader.GetFieldValue<byte[]>(0), reader.GetInt64(1), reader.GetFieldValue<byte[]>(2));
        }
    }

    private static void AddParameters(NpgsqlParameterCollection parameters, IReadOnlyList<CustomerWrite> writes)
    {
        var blocks = writes
            .SelectMany((write, n) => write.Blocks.Select(block => (N: n, block.Block, block.Ids)))
            .ToList();
        AddParameters(parameters, [.. writes.Select(write => write.Customer)]);
        Add(
            parameters,
            "bucket",
            NpgsqlDbType.Smallint,
            writes.Select(w => Buckets.Of(w.Customer.CustomerId)).ToArray()
        );
        Add(parameters, "expected", NpgsqlDbType.Bigint, writes.Select(w => w.ExpectedVersion).ToArray());
        Add(parameters, "record", NpgsqlDbType.Bytea, writes.Select(w => w.Record).ToArray());
        Add(parameters, "first_block", NpgsqlDbType.Integer, writes.Select(w => w.FirstBlock).ToArray());
        Add(parameters, "block_of", NpgsqlDbType.Integer, blocks.Select(b => b.N).ToArray());
        Add(parameters, "block", NpgsqlDbType.Integer, blocks.Select(b => b.Block).ToArray());
        Add(parameters, "ids", NpgsqlDbType.Bytea, blocks.Select(b => b.Ids).ToArray());
    }

    private static void AddParameters(NpgsqlParameterCollection parameters, IReadOnlyList<CustomerKey> customers)
    {
        Add(parameters, "n", NpgsqlDbType.Integer, Enumerable.Range(0, customers.Count).ToArray());
        Add(parameters, "workspace", NpgsqlDbType.Text, customers.Select(c => c.Workspace).ToArray());
        Add(
            parameters,
            "customer",
            NpgsqlDbType.Bytea,
            customers.Select(c => Encoding.UTF8.GetBytes(c.CustomerId)).ToArray()
        );
    }

    private static void Add<T>(NpgsqlParameterCollection parameters, string name, NpgsqlDbType type, T[] values) =>
        parameters.Add(new NpgsqlParameter(name, NpgsqlDbType.Array | type) { Value = values });
}
