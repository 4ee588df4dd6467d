using Scoring.Core;
using Scoring.Engine.Duplicates;

namespace Scoring.Engine.Storage;

/// <summary>What holds for the whole store.</summary>
/// <param name="Partitions">Partitions that customers are divided among; fixed when the store is made.</param>
/// <param name="Window">How long event ids are remembered: what the journal means depends on it.</param>
/// <param name="Durability">How commits have been made: when they waited for the disk, damage to the journal can be told from a power failure.</param>
/// <param name="Models">How many models there are.</param>
internal sealed record StoreMeta(int Partitions, WindowBounds Window, Durability Durability, int Models)
{
    public void Write(BlobWriter target)
    {
        target.Int32(Partitions);
        target.Int64(Window.Age.Ticks);
        target.Int32(Window.Minimum);
        target.Int32(Window.Maximum);
        target.Byte((byte)Durability);
        target.Int32(Models);
    }

    /// <exception cref="InvalidDataException">The content is malformed.</exception>
    public static StoreMeta Read(ref BlobReader reader)
    {
        var partitions = reader.Int32();
        var window = new WindowBounds(new TimeSpan(reader.Int64()), reader.Int32(), reader.Int32());
        var meta = new StoreMeta(partitions, window, (Durability)reader.Byte(), reader.Int32());
        return partitions is >= 1 and <= StoreBounds.Partitions
            ? meta
            : throw new InvalidDataException($"It has {partitions} partitions.");
    }
}
