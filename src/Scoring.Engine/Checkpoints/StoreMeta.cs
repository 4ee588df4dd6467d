using Scoring.Core;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Checkpoints;

/// <summary>What holds for the whole store.</summary>
/// <param name="Partitions">Partitions that customers are divided among; fixed when the store is made.</param>
/// <param name="Durability">How commits have been made: when they waited for the disk, damage to the journal can be told from a power failure.</param>
internal sealed record StoreMeta(int Partitions, Durability Durability)
{
    /// <summary>The documents that users of the store keep in it.</summary>
    public IReadOnlyList<string> Documents { get; init; } = [];

    public void Write(BlobWriter target)
    {
        target.Int32(Partitions);
        target.Byte((byte)Durability);
        target.Int32(Documents.Count);
        foreach (var name in Documents)
        {
            target.Text(name);
        }
    }

    /// <exception cref="InvalidDataException">The content is malformed.</exception>
    public static StoreMeta Read(ref BlobReader reader)
    {
        var partitions = reader.Int32();
        var meta = new StoreMeta(partitions, (Durability)reader.Byte())
        {
            // Stores that were made before there were any say nothing of them.
            Documents = reader.AtEnd
                ? []
                : reader.Many(reader.Int32(), static (ref BlobReader reader) => reader.Text()),
        };
        return partitions is >= 1 and <= StoreBounds.Partitions
            ? meta
            : throw new InvalidDataException($"It has {partitions} partitions.");
    }
}
