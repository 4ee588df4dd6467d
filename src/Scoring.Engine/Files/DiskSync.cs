using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Scoring.Engine.Files;

/// <summary>Waits until what was written is on the disk.</summary>
internal static partial class DiskSync
{
    /// <summary>Content of a file, with no more of its metadata than reading it takes.</summary>
    /// <remarks>
    /// On Linux fdatasync(2): where blocks are overwritten in place there is no metadata to be written, which halves the time against fsync(2), which
    /// <see cref="RandomAccess.FlushToDisk"/> calls.
    /// </remarks>
    /// <exception cref="IOException">It failed; what was written since the last success may be lost, whatever a second attempt says.</exception>
    public static void Content(SafeFileHandle file)
    {
        if (!OperatingSystem.IsLinux())
        {
            RandomAccess.FlushToDisk(file);
        }
        else if (FDataSync(file) != 0)
        {
            throw LastError("fdatasync");
        }
    }

    /// <summary>Has some content of a file written to the disk, and waits for nothing. A hint, on Linux alone: it makes nothing safe.</summary>
    public static void Begin(SafeFileHandle file, long offset, long bytes) => Hint(file, offset, bytes, SyncWrite);

    /// <summary>Waits until some content of a file has been handed to the disk. A hint, on Linux alone: it makes nothing safe.</summary>
    public static void Await(SafeFileHandle file, long offset, long bytes) =>
        Hint(file, offset, bytes, SyncWaitBefore | SyncWrite | SyncWaitAfter);

    /// <summary>The names in a directory. Only Unix has to be asked.</summary>
    /// <exception cref="IOException">It failed.</exception>
    public static void Names(string directory)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        // O_RDONLY is 0 everywhere; the runtime itself opens no directories.
        var descriptor = Open(directory, 0);
        if (descriptor < 0)
        {
            throw LastError("open");
        }
        var failed = FSync(descriptor) != 0;
        var error = failed ? LastError("fsync") : null;
        _ = Close(descriptor);
        if (error is not null)
        {
            throw error;
        }
    }

    private static void Hint(SafeFileHandle file, long offset, long bytes, uint flags)
    {
        // Of 0 bytes it would mean all that follow. An error shows when the file is synchronised.
        if (OperatingSystem.IsLinux() && bytes > 0)
        {
            _ = SyncFileRange(file, offset, bytes, flags);
        }
    }

    private static IOException LastError(string call)
    {
        var code = Marshal.GetLastPInvokeError();
        return new IOException($"{call} failed: {Marshal.GetPInvokeErrorMessage(code)}.", code);
    }

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FDataSync(SafeFileHandle file);

    // The values are those of fcntl.h on Linux.
    private const uint SyncWaitBefore = 1;
    private const uint SyncWrite = 2;
    private const uint SyncWaitAfter = 4;

    [LibraryImport("libc", EntryPoint = "sync_file_range")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SyncFileRange(SafeFileHandle file, long offset, long bytes, uint flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int FSync(int descriptor);

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "close", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Close(int descriptor);
}
