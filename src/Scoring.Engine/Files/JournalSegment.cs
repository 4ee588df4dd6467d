using System.Globalization;
using Microsoft.Win32.SafeHandles;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>One file of the journal: of a fixed length, written from its beginning, and from its beginning again once nothing in it is needed.</summary>
internal sealed class JournalSegment(string path, int number, SafeFileHandle file, long length) : IDisposable
{
    private const string Prefix = "scoring-";
    private const string Suffix = ".journal";
    private const int ZeroBytes = 1 << 20;
    private const long Smallest = 256 << 10;
    private const long Largest = 16 << 20;

    private readonly FileIdentity _identity = FileIdentity.Of(path);

    public string Path => path;

    /// <summary>The number in its name.</summary>
    public int Number => number;

    /// <summary>Bytes of the file.</summary>
    public long Length => length;

    /// <summary>Length of a segment: an eighth of what is written between checkpoints, within bounds.</summary>
    public static long LengthBy(EngineOptions options) =>
        FrameHeader.Blocks(Math.Clamp(options.CheckpointBytes / 8, Smallest, Largest));

    /// <summary>Bytes of segments that are kept to be used again: what is written until a checkpoint, and while it runs.</summary>
    public static long KeptBy(EngineOptions options) => (2 * options.CheckpointBytes) + LengthBy(options);

    public static string PathOf(string directory, int number) =>
        System.IO.Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{Prefix}{number:D6}{Suffix}"));

    /// <summary>All files of a directory that are named as segments are.</summary>
    public static IEnumerable<string> FilesIn(string directory) =>
        Directory.EnumerateFiles(directory, Prefix + "*" + Suffix);

    /// <summary>Opens a file that exists; changes nothing.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static JournalSegment Open(string path, int number)
    {
        var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        return new(path, number, file, RandomAccess.GetLength(file));
    }

    /// <summary>
    /// Makes a file full of zeros: once its blocks are allocated and written, writing them again changes no metadata of the file system, which
    /// makes synchronising about twice as fast.
    /// </summary>
    /// <exception cref="StoreFailure">It could not be made; no file is left.</exception>
    public static JournalSegment Create(string directory, int number, long length)
    {
        var path = PathOf(directory, number);
        SafeFileHandle? file = null;
        try
        {
            file = File.OpenHandle(path, FileMode.Create, FileAccess.ReadWrite, FileShare.ReadWrite);
            var zeros = new byte[ZeroBytes];
            for (var at = 0L; at < length; at += ZeroBytes)
            {
                RandomAccess.Write(file, zeros.AsSpan(0, (int)Math.Min(ZeroBytes, length - at)), at);
            }
            RandomAccess.FlushToDisk(file);
            DiskSync.Names(directory);
            return new(path, number, file, length);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            file?.Dispose();
            StoreFolder.TryDelete(path);
            throw StoreFailure.Of(path, e);
        }
    }

    /// <summary>Writes at an offset.</summary>
    /// <exception cref="StoreFailure">Not all could be written.</exception>
    public void Write(ReadOnlySpan<byte> bytes, long offset)
    {
        try
        {
            RandomAccess.Write(file, bytes, offset);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw StoreFailure.Of(Path, e);
        }
    }

    /// <summary>Waits until all that was written is on the disk.</summary>
    /// <exception cref="StoreFailure">What was written since the last success is in doubt for good; never full.</exception>
    public void Sync()
    {
        try
        {
            DiskSync.Content(file);
        }
        catch (IOException e)
        {
            throw StoreFailure.InDoubt(Path, e);
        }
    }

    /// <summary>Makes sure that what was written is where a start will look for it.</summary>
    /// <exception cref="StoreException">The file is not at its path any more, or its folder is not.</exception>
    public void ThrowIfReplaced()
    {
        if (_identity.IsGoneFrom(Path))
        {
            throw StoreErrors.Replaced(Path);
        }
    }

    /// <summary>Reads at an offset as much as there is, up to the length of the buffer.</summary>
    /// <exception cref="IOException">It cannot be read.</exception>
    public int Read(Span<byte> buffer, long offset)
    {
        var read = 0;
        while (read < buffer.Length && RandomAccess.Read(file, buffer[read..], offset + read) is var more and > 0)
        {
            read += more;
        }
        return read;
    }

    /// <summary>Closes and removes the file.</summary>
    public void Delete()
    {
        Dispose();
        StoreFolder.TryDelete(Path);
    }

    public void Dispose() => file.Dispose();
}
