using System.Buffers.Binary;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Snapshots;

/// <summary>Whose a row is: workspace, customers or accounts, and row. Rows stand in a file in rising order.</summary>
internal readonly record struct StoredRow(int Workspace, RowKind Kind, int Row)
{
    /// <summary>The order in which rows stand.</summary>
    public ulong Key => ((ulong)Workspace << 40) | ((ulong)Kind << 32) | (uint)Row;

    /// <summary>Begins a row; its content follows, then <see cref="End"/>.</summary>
    /// <param name="target">Where to.</param>
    /// <param name="entry">The newest entry that it contains.</param>
    /// <returns>Where the length is to go.</returns>
    public int Begin(BlobWriter target, long entry)
    {
        target.Byte((byte)Kind);
        target.UInt16(Workspace);
        target.Int32(Row);
        target.Int64(entry);
        target.Int32(0);
        return target.Length - sizeof(int);
    }

    /// <summary>Ends a row.</summary>
    public static void End(BlobWriter target, int lengthAt) =>
        BinaryPrimitives.WriteInt32LittleEndian(target.Written[lengthAt..], target.Length - lengthAt - sizeof(int));

    public static StoredRow Read(ref BlobReader reader, out long entry, out ReadOnlySpan<byte> content)
    {
        var kind = (RowKind)reader.Byte();
        var row = new StoredRow(reader.UInt16(), kind, reader.Int32());
        entry = reader.Int64();
        content = reader.Bytes(reader.Int32());
        return row;
    }
}

/// <summary>What a row is. The numbers are stored and never change.</summary>
internal enum RowKind : byte
{
    Customer = 1,
    Account = 2,

    /// <summary>What is known of the names of a workspace: one row, 0, behind all others of the workspace.</summary>
    Names = 3,
}
