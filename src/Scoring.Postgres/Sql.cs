using Npgsql;
using NpgsqlTypes;

namespace Scoring.Postgres;

/// <summary>Makes parameters.</summary>
internal static class Sql
{
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
}
