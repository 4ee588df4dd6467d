using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>Keeps other processes out of a data directory.</summary>
/// <remarks>
/// Advisory locks, which the operating system drops with the process, however that ends: on the directory itself, which cannot be removed and made
/// again while its files are in it, and on a file in it, for systems that lock no directories and for earlier builds. What was locked must still be
/// at its path whenever something is written: see <see cref="ThrowIfLost"/>.
/// </remarks>
internal sealed partial class DirectoryLock : IDisposable
{
    public const string FileName = "scoring.lock";

    // The values are those of fcntl.h and sys/file.h, the same on Linux and macOS but for the first.
    private const int CloseOnExecLinux = 0x80000;
    private const int CloseOnExecMac = 0x1000000;
    private const int ExclusiveAtOnce = 2 | 4;
    private const int WouldBlockLinux = 11;
    private const int WouldBlockMac = 35;

    private readonly string _directory;
    private readonly SafeFileHandle? _folder;
    private readonly FileStream _file;
    private readonly string _held;
    private readonly FileIdentity _identity;
    private readonly bool _isNew;

    private DirectoryLock(string directory)
    {
        _directory = directory;
        _folder = LockFolder(directory);
        try
        {
            var path = Path.Combine(directory, FileName);
            _isNew = !File.Exists(path);
            _file = LockFile(directory, path);
            _held = _folder is null ? path : directory;
            _identity = FileIdentity.Of(_held);
        }
        catch
        {
            _folder?.Dispose();
            throw;
        }
    }

    /// <exception cref="StoreException">Another process has the directory, or it cannot be written to.</exception>
    public static DirectoryLock Take(string directory) => new(directory);

    /// <summary>Makes sure that what is written now goes where nobody else writes.</summary>
    /// <exception cref="StoreException">What was locked is not at its path any more.</exception>
    public void ThrowIfLost()
    {
        if (_identity.IsGoneFrom(_held))
        {
            throw StoreErrors.Replaced(_held);
        }
    }

    /// <summary>Lets others in; of a directory that holds no store nothing is left that was not there before.</summary>
    public void Dispose()
    {
        if (_isNew && !File.Exists(Path.Combine(_directory, StoreFolder.StoreFile)))
        {
            StoreFolder.TryDelete(Path.Combine(_directory, FileName));
        }
        _file.Dispose();
        _folder?.Dispose();
    }

    private static FileStream LockFile(string directory, string path)
    {
        try
        {
            return new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException and not DirectoryNotFoundException)
        {
            throw InUse(directory, e.Message, e);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw new StoreException(directory, "the data directory cannot be written to; check its permissions.", e);
        }
    }

    /// <summary>Null where directories cannot be locked: on Windows, and by some file systems of a network.</summary>
    private static SafeFileHandle? LockFolder(string directory)
    {
        if (!OperatingSystem.IsLinux() && !OperatingSystem.IsMacOS())
        {
            return null;
        }
        var folder = Open(directory, OperatingSystem.IsLinux() ? CloseOnExecLinux : CloseOnExecMac);
        if (!folder.IsInvalid && Lock(folder, ExclusiveAtOnce) == 0)
        {
            return folder;
        }
        var isTaken = !folder.IsInvalid && Marshal.GetLastPInvokeError() is WouldBlockLinux or WouldBlockMac;
        folder.Dispose();
        return isTaken ? throw InUse(directory, "it is used by another process.") : null;
    }

    private static StoreException InUse(string directory, string why, Exception? error = null) =>
        new(
            directory,
            $"the data directory cannot be locked: {why} Stop the process that uses it, or choose another directory.",
            error
        );

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial SafeFileHandle Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int Lock(SafeFileHandle file, int operation);
}
