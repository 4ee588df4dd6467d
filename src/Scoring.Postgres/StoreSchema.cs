using System.Globalization;
using Npgsql;
using Scoring.Engine;
using Scoring.Engine.Recovery;

namespace Scoring.Postgres;

/// <summary>The tables of a store: whether they are there, and how they are made.</summary>
internal static class StoreSchema
{
    private const int Layout = 1;

    // Of a store that another one is being moved into: no server opens it.
    private const int LayoutOfMove = -1;

    // Any number, but the same in every version: two servers must not make a store in the same database at once.
    private const long MakingLock = 0x5343_4F52_454D_414B;

    /// <summary>What there is of a store in a database; null when there is none.</summary>
    /// <exception cref="StoreException">There is something that this build does not read.</exception>
    public static StoreRow? Find(Database database) =>
        database.Read(database.Place, connection => Find(connection, database));

    /// <summary>Waits until nobody else makes a store there; until the transaction ends.</summary>
    public static void LockMaking(NpgsqlConnection connection) =>
        connection.Execute("SELECT pg_advisory_xact_lock($1)", Sql.BigInt(MakingLock));

    /// <summary>Returns when nobody makes a store there.</summary>
    /// <exception cref="StoreException">The database cannot be asked.</exception>
    public static void WaitForMaker(Database database) =>
        database.Read(
            database.Place,
            connection =>
            {
                using var transaction = connection.BeginTransaction();
                LockMaking(connection);
                return true;
            }
        );

    /// <summary>Makes the tables.</summary>
    public static void Make(NpgsqlConnection connection, StoreRow store)
    {
        var membership = store.Database == 0 ? Script("membership.sql") : "";
        var log = LogTables.Make(LogTables.First);
        connection.Execute($"{Script("schema.sql")}\n{log};\n{membership}");
        connection.Execute(
            "INSERT INTO scoring.store (layout, identity, database, databases) VALUES ($1, $2, $3, $4)",
            Sql.Int(store.IsHalfMoved ? LayoutOfMove : Layout),
            Sql.BigInt(store.Identity),
            Sql.Int(store.Database),
            Sql.Int(store.Databases)
        );
    }

    /// <summary>As <see cref="Find(Database)"/>, over a connection at hand.</summary>
    public static StoreRow? Find(NpgsqlConnection connection, Database database)
    {
        if (!Exists(connection, "scoring.store"))
        {
            return Exists(connection, "scoring_customer")
                ? throw new StoreException(
                    database.Place,
                    "holds tables of an earlier build of this service (scoring_customer and others), which this one does not read. They have been "
                        + "left as they are. Name another database, or export the data with that build and import it here."
                )
                : null;
        }
        // Other layouts may have other columns.
        var found = connection.Query(
            "SELECT * FROM scoring.store",
            row =>
                row.GetInt32(row.GetOrdinal("layout")) is var layout && layout is Layout or LayoutOfMove
                    ? new StoreRow(
                        row.GetInt64(row.GetOrdinal("identity")),
                        row.GetInt32(row.GetOrdinal("database")),
                        row.GetInt32(row.GetOrdinal("databases")),
                        layout == LayoutOfMove
                    )
                    : throw new StoreException(
                        database.Place,
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"its tables have the layout {layout}, and this build reads {Layout}. They have been left as they are. Use a build that reads layout {layout}, or another database."
                        )
                    )
        );
        return found is [var store]
            ? store
            : throw PostgresErrors.Damaged(database.Place, "the row of scoring.store is missing");
    }

    /// <summary>Makes a store of what was moved there.</summary>
    public static void EndMove(NpgsqlConnection connection) =>
        // One transaction.
        connection.Execute(
            $"DELETE FROM scoring.document WHERE name = '{IMovableStore.MoveDocument}'; UPDATE scoring.store SET layout = {Layout}"
        );

    /// <summary>Removes the tables.</summary>
    public static void Drop(NpgsqlConnection connection) => connection.Execute("DROP SCHEMA scoring CASCADE");

    private static bool Exists(NpgsqlConnection connection, string table) =>
        connection.Ask<bool>("SELECT to_regclass($1) IS NOT NULL", Sql.Text(table));

    private static string Script(string name)
    {
        using var stream = typeof(StoreSchema).Assembly.GetManifestResourceStream(name)!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}

/// <summary>What a database says of the store that it belongs to.</summary>
/// <param name="Identity">The store's identity.</param>
/// <param name="Database">Number of the database, from 0.</param>
/// <param name="Databases">How many the store has.</param>
/// <param name="IsHalfMoved">Whether another store is being moved there.</param>
internal sealed record StoreRow(long Identity, int Database, int Databases, bool IsHalfMoved);
