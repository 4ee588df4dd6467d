using System.Buffers.Binary;
using System.IO.Hashing;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>A small file of a store that is replaced as a whole: whatever happens, it holds what it held or what was written.</summary>
/// <remarks>
/// Magic "SCST" (4), version (4), identity of the store (8), name of the file, content, XxHash3 of all before it (8); little endian, the name
/// behind its length (2). Magic, version and checksum stand at these places in every version.
/// </remarks>
internal static class CheckedFile
{
    /// <summary>Version of the layout of a store and of what its files hold.</summary>
    public const int Version = 8;

    /// <summary>What the name of a file ends with that is to replace another.</summary>
    public const string DraftSuffix = ".new";

    private const uint Magic = 0x54534353;
    private const int VersionAt = sizeof(uint);
    private const int ChecksumBytes = sizeof(ulong);
    private const int SmallestBytes = VersionAt + sizeof(int) + sizeof(long) + sizeof(ushort) + ChecksumBytes;

    /// <summary>Reads a file of a store; gives its content.</summary>
    /// <exception cref="StoreException">It is missing, damaged, or not a file of this name and store.</exception>
    public static byte[] Read(string path, long identity)
    {
        var content = Read(path, out var found);
        return found == identity
            ? content
            : throw StoreErrors.Damaged(path, $"this file belongs to another store ({found:x16}, not {identity:x16})");
    }

    /// <summary>Reads a file that says which store it belongs to.</summary>
    /// <exception cref="StoreException">It is missing, damaged, or not a file of this name.</exception>
    public static byte[] Read(string path, out long identity)
    {
        var bytes = ReadAll(path);
        RequireSound(path, bytes);
        var reader = new BlobReader(
            bytes.AsSpan(VersionAt + sizeof(int), bytes.Length - VersionAt - 4 - ChecksumBytes)
        );
        identity = reader.Int64();
        var name = reader.Text();
        return name == Path.GetFileName(path)
            ? reader.Rest.ToArray()
            : throw StoreErrors.Damaged(path, $"this file is its {name} under another name");
    }

    /// <summary>Replaces a file, or makes it. It is safe when this returns, unless names are synchronised later.</summary>
    /// <param name="path">The file.</param>
    /// <param name="identity">The store's identity.</param>
    /// <param name="content">What it is to hold.</param>
    /// <param name="held">What must still be held when the file is written and when it takes its name; null where somebody else sees to it.</param>
    /// <param name="probe">Told of the steps, for tests.</param>
    /// <param name="syncBefore">Whether other names of the folder must be safe before the new content is.</param>
    /// <param name="syncAfter">Whether to wait until the new content is safe.</param>
    /// <exception cref="StoreFailure">
    /// <see cref="StoreFailure.IsFull"/>: it is as it was. Otherwise it holds the old or the new content, and what a power failure would leave is
    /// not known.
    /// </exception>
    /// <exception cref="StoreException">The directory was replaced; what is there now is as it was.</exception>
    public static void Replace(
        string path,
        long identity,
        ReadOnlySpan<byte> content,
        DirectoryLock? held,
        Action<CommitStep>? probe = null,
        bool syncBefore = false,
        bool syncAfter = true
    )
    {
        held?.ThrowIfLost();
        probe?.Invoke(CommitStep.StoreBegin);
        var draft = path + DraftSuffix;
        var directory = Path.GetDirectoryName(path)!;
        try
        {
            WriteDraft(draft, Path.GetFileName(path), identity, content);
            if (syncBefore)
            {
                DiskSync.Names(directory);
            }
            probe?.Invoke(CommitStep.StoreWritten);
        }
        catch (StoreFailure)
        {
            StoreFolder.TryDelete(draft);
            throw;
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            StoreFolder.TryDelete(draft);
            throw StoreFailure.Of(path, e);
        }
        // Once more: to make it safe took a while, and the name may be another store's by now.
        held?.ThrowIfLost();
        try
        {
            File.Move(draft, path, overwrite: true);
            probe?.Invoke(CommitStep.StoreRenamed);
            if (syncAfter)
            {
                DiskSync.Names(directory);
            }
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw StoreFailure.InDoubt(path, e);
        }
        probe?.Invoke(CommitStep.StoreCommitted);
    }

    private static void WriteDraft(string draft, string name, long identity, ReadOnlySpan<byte> content)
    {
        using var bytes = new BlobWriter(SmallestBytes + (3 * name.Length) + content.Length);
        BinaryPrimitives.WriteUInt32LittleEndian(bytes.Fixed(sizeof(uint)), Magic);
        bytes.Int32(Version);
        bytes.Int64(identity);
        bytes.Text(name);
        bytes.Bytes(content);
        bytes.Int64(unchecked((long)XxHash3.HashToUInt64(bytes.Written)));
        using var file = File.OpenHandle(draft, FileMode.Create, FileAccess.Write);
        RandomAccess.Write(file, bytes.Written, 0);
        RandomAccess.FlushToDisk(file);
    }

    private static byte[] ReadAll(string path)
    {
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (FileNotFoundException)
        {
            throw StoreErrors.Damaged(path, "this file is missing");
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw StoreErrors.Unreadable(path, e);
        }
    }

    private static void RequireSound(string path, byte[] bytes)
    {
        if (bytes.Length < SmallestBytes)
        {
            throw StoreErrors.Damaged(path, $"this file is only {bytes.Length} bytes long");
        }
        if (BinaryPrimitives.ReadUInt32LittleEndian(bytes) != Magic)
        {
            throw new StoreException(
                path,
                $"is not a file of a store of this service, or its beginning is damaged. {StoreErrors.Restore}"
            );
        }
        var content = bytes.AsSpan(0, bytes.Length - ChecksumBytes);
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(content.Length)) != XxHash3.HashToUInt64(content))
        {
            throw StoreErrors.Damaged(path, $"the {bytes.Length} bytes of this file do not match their checksum");
        }
        var version = BinaryPrimitives.ReadInt32LittleEndian(bytes.AsSpan(VersionAt));
        if (version != Version)
        {
            throw new StoreException(
                path,
                version > Version
                    ? $"was written by a newer version of this service (layout {version}, known {Version}). "
                        + "Start that version, or restore a backup of the older layout."
                    : $"was written by an older version of this service (layout {version}, known {Version}), whose stores cannot be "
                        + "converted. Start that version, or choose another data directory and import the data again."
            );
        }
    }
}
