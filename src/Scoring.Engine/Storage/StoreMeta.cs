using Scoring.Core;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Journal;

namespace Scoring.Engine.Storage;

/// <summary>What holds for the whole store.</summary>
/// <param name="Identity">Drawn when the store is made; stands in every frame of its journal, so that another store's is not taken for it.</param>
/// <param name="Partitions">Partitions that customers are divided among; fixed when the store is made.</param>
/// <param name="Window">How long event ids are remembered: what the journal means depends on it.</param>
/// <param name="Durability">How commits have been made: when they waited for the disk, damage to the journal can be told from a power failure.</param>
/// <param name="Workspaces">Rows of the table of workspaces.</param>
/// <param name="Models">Rows of the table of models.</param>
/// <param name="Segments">Rows of the table of segments.</param>
/// <param name="JournalStart">The frame of the journal before the oldest that may be needed.</param>
internal sealed record StoreMeta(
    long Identity,
    int Partitions,
    WindowBounds Window,
    Durability Durability,
    int Workspaces,
    int Models,
    int Segments,
    FrameLink JournalStart
)
{
    /// <summary>Key of the one row.</summary>
    public const long RowId = 1;

    public void Write(BlobWriter target)
    {
        target.Int64(Identity);
        target.Int32(Partitions);
        target.Int64(Window.Age.Ticks);
        target.Int32(Window.Minimum);
        target.Int32(Window.Maximum);
        target.Byte((byte)Durability);
        target.Int32(Workspaces);
        target.Int32(Models);
        target.Int32(Segments);
        target.Int64(JournalStart.Sequence);
        target.Int64(unchecked((long)JournalStart.Checksum));
    }

    public static StoreMeta Read(ReadOnlySpan<byte> content)
    {
        var reader = new BlobReader(content);
        var identity = reader.Int64();
        var partitions = reader.Int32();
        var window = new WindowBounds(new TimeSpan(reader.Int64()), reader.Int32(), reader.Int32());
        var durability = (Durability)reader.Byte();
        var (workspaces, models, segments) = (reader.Int32(), reader.Int32(), reader.Int32());
        var start = new FrameLink(reader.Int64(), unchecked((ulong)reader.Int64()));
        return new(identity, partitions, window, durability, workspaces, models, segments, start);
    }
}
