using System.IO.Hashing;
using System.Runtime.InteropServices;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Makes the checksums of a file: of what is in it and of where it belongs, so that nothing is taken for what lies elsewhere.</summary>
/// <param name="Identity">The store.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Number">The file.</param>
internal readonly record struct ArchiveSeal(long Identity, int Partition, long Number)
{
    /// <summary>Bytes of a checksum.</summary>
    public const int Bytes = sizeof(ulong);

    public ArchiveSeal(ICheckpointStore store, int partition, long number)
        : this(store.Identity, partition, number) { }

    /// <summary>The XxHash3 of what begins at an offset of the file, seeded with the XxHash3 of store, partition, file and offset.</summary>
    public ulong Of(ReadOnlySpan<byte> content, long offset)
    {
        ReadOnlySpan<long> place = [Identity, Partition, Number, offset];
        var seed = XxHash3.HashToUInt64(MemoryMarshal.AsBytes(place));
        return XxHash3.HashToUInt64(content, unchecked((long)seed));
    }
}
