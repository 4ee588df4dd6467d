using Npgsql;
using NpgsqlTypes;

namespace Scoring.Postgres;

/// <summary>Statements and their parameters.</summary>
internal static class Sql
{
    /// <summary>Runs a statement; gives how many rows it changed.</summary>
    public static int Execute(
        this NpgsqlConnection connection,
        string statement,
        params ReadOnlySpan<NpgsqlParameter> parameters
    )
    {
        using var command = Command(connection, statement, parameters);
        return command.ExecuteNonQuery();
    }

    /// <summary>The value that a query gives; the default where there is none.</summary>
    public static T? Ask<T>(
        this NpgsqlConnection connection,
        string query,
        params ReadOnlySpan<NpgsqlParameter> parameters
    )
    {
        using var command = Command(connection, query, parameters);
        return command.ExecuteScalar() is T value ? value : default;
    }

    /// <summary>The rows that a query finds.</summary>
    public static List<T> Query<T>(
        this NpgsqlConnection connection,
        string query,
        Func<NpgsqlDataReader, T> read,
        params ReadOnlySpan<NpgsqlParameter> parameters
    )
    {
        using var command = Command(connection, query, parameters);
        using var reader = command.ExecuteReader();
        var rows = new List<T>();
        while (reader.Read())
        {
            rows.Add(read(reader));
        }
        return rows;
    }

    public static NpgsqlParameter SmallInt(int value) => new NpgsqlParameter<short> { TypedValue = (short)value };

    public static NpgsqlParameter Int(int value) => new NpgsqlParameter<int> { TypedValue = value };

    public static NpgsqlParameter BigInt(long value) => new NpgsqlParameter<long> { TypedValue = value };

    public static NpgsqlParameter Double(double value) => new NpgsqlParameter<double> { TypedValue = value };

    public static NpgsqlParameter Text(string value) => new NpgsqlParameter<string> { TypedValue = value };

    public static NpgsqlParameter Uuid(Guid value) => new NpgsqlParameter<Guid> { TypedValue = value };

    public static NpgsqlParameter Bytes(ReadOnlyMemory<byte> value) =>
        new NpgsqlParameter<ReadOnlyMemory<byte>> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Bytea };

    public static NpgsqlParameter Array<T>(T[] values, NpgsqlDbType type) =>
        new NpgsqlParameter<T[]> { TypedValue = values, NpgsqlDbType = NpgsqlDbType.Array | type };

    private static NpgsqlCommand Command(
        NpgsqlConnection connection,
        string statement,
        ReadOnlySpan<NpgsqlParameter> parameters
    )
    {
        var command = new NpgsqlCommand(statement, connection);
        foreach (var parameter in parameters)
        {
            command.Parameters.Add(parameter);
        }
        return command;
    }
}
