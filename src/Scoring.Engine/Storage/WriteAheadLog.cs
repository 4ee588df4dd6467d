using System.Buffers.Binary;

namespace Scoring.Engine.Storage;

/// <summary>Looks into SQLite's write-ahead log before SQLite does.</summary>
/// <remarks>
/// <para>
/// SQLite takes the log up to its first damaged frame and silently drops the rest, which is right after a power failure, where the last
/// transaction may be torn. A bit that flipped in an older one would drop everything acknowledged since. The two are told apart by the
/// commit marks: when every commit waits for the disk, at most one, the last, can lie behind a torn frame.
/// </para>
/// <para>Format: https://sqlite.org/fileformat2.html#the_write_ahead_log</para>
/// </remarks>
internal static class WriteAheadLog
{
    private const int HeaderBytes = 32;
    private const int FrameHeaderBytes = 24;
    private const uint Magic = 0x377F0682;

    /// <summary>Whether transactions that had been synchronised are damaged.</summary>
    public static bool IsDamaged(string path) => Inspect(path).CommitsBehindDamage > 1;

    /// <summary>Where the sound transactions of a log end, as offsets in the file.</summary>
    public static IReadOnlyList<long> CommitEnds(string path) => Inspect(path).CommitEnds;

    private static (List<long> CommitEnds, int CommitsBehindDamage) Inspect(string path)
    {
        var ends = new List<long>();
        if (!File.Exists(path))
        {
            return (ends, 0);
        }
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 16);
        var header = new byte[HeaderBytes];
        if (file.ReadAtLeast(header, HeaderBytes, throwOnEndOfStream: false) < HeaderBytes)
        {
            return (ends, 0);
        }
        var checksum = new RunningChecksum(littleEndian: (Word(header) & 1) == 0);
        checksum.Add(header.AsSpan(0, 24));
        var sound = (Word(header) & ~1u) == Magic && checksum.Matches(header.AsSpan(24));
        // A damaged header says nothing: take page size and salts from where they should be found.
        var pageBytes = sound ? (int)Word(header.AsSpan(8)) : StoreFile.PageBytes;
        var frame = new byte[FrameHeaderBytes + pageBytes];
        var salts = header.AsSpan(16, 8).ToArray();
        var behind = 0;
        for (var number = 0; file.ReadAtLeast(frame, frame.Length, throwOnEndOfStream: false) == frame.Length; number++)
        {
            if (number == 0 && !sound)
            {
                frame.AsSpan(8, 8).CopyTo(salts);
            }
            var current = frame.AsSpan(8, 8).SequenceEqual(salts);
            if (sound)
            {
                checksum.Add(frame.AsSpan(0, 8));
                checksum.Add(frame.AsSpan(FrameHeaderBytes));
                sound = current && checksum.Matches(frame.AsSpan(16));
            }
            var commits = Word(frame.AsSpan(4)) != 0;
            if (commits && sound)
            {
                ends.Add(file.Position);
            }
            else if (commits && current)
            {
                behind++;
            }
        }
        return (ends, behind);
    }

    private static uint Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);

    private struct RunningChecksum(bool littleEndian)
    {
        private uint _first;
        private uint _second;

        public void Add(ReadOnlySpan<byte> bytes)
        {
            for (; bytes.Length >= 8; bytes = bytes[8..])
            {
                _first += Read(bytes) + _second;
                _second += Read(bytes[4..]) + _first;
            }
        }

        public readonly bool Matches(ReadOnlySpan<byte> stored) =>
            Word(stored) == _first && Word(stored[4..]) == _second;

        private readonly uint Read(ReadOnlySpan<byte> bytes) =>
            littleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : BinaryPrimitives.ReadUInt32BigEndian(bytes);
    }
}
