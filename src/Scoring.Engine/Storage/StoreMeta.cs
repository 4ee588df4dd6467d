using Scoring.Core;
using Scoring.Engine.Duplicates;

namespace Scoring.Engine.Storage;

/// <summary>What holds for the whole store.</summary>
/// <param name="Partitions">Partitions that customers are divided among; fixed when the store is made.</param>
/// <param name="Window">How long event ids are remembered: what the journal means depends on it.</param>
/// <param name="Durability">How commits have been made: when they waited for the disk, damage to the log can be told from a power failure.</param>
/// <param name="Workspaces">Rows of the table of workspaces.</param>
/// <param name="Models">Rows of the table of models.</param>
internal sealed record StoreMeta(int Partitions, WindowBounds Window, Durability Durability, int Workspaces, int Models)
{
    /// <summary>Key of the one row.</summary>
    public const long RowId = 1;

    public void Write(BlobWriter target)
    {
        target.Int32(Partitions);
        target.Int64(Window.Age.Ticks);
        target.Int32(Window.Minimum);
        target.Int32(Window.Maximum);
        target.Byte((byte)Durability);
        target.Int32(Workspaces);
        target.Int32(Models);
    }

    public static StoreMeta Read(ReadOnlySpan<byte> content)
    {
        var reader = new BlobReader(content);
        var partitions = reader.Int32();
        var window = new WindowBounds(new TimeSpan(reader.Int64()), reader.Int32(), reader.Int32());
        return new(partitions, window, (Durability)reader.Byte(), reader.Int32(), reader.Int32());
    }
}
