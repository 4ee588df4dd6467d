using System.Runtime.InteropServices;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>Keeps what a process writes from the other users of the machine.</summary>
/// <remarks>On Windows files get the permissions of their folder.</remarks>
public static partial class PrivateFiles
{
    private const UnixFileMode Own = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode Others = UnixFileMode.OtherRead | UnixFileMode.OtherWrite | UnixFileMode.OtherExecute;

    // 077 in octal: nothing for the group, nothing for others.
    private const int Mask = 63;

    /// <summary>From now on all files that this process makes are its user's alone (0600), and so are folders (0700), whatever mask it was started with.</summary>
    public static void Enforce()
    {
        if (!OperatingSystem.IsWindows())
        {
            _ = SetMask(Mask);
        }
    }

    /// <summary>Takes from a file what an earlier build let others do with it.</summary>
    internal static void Mend(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;
        }
        try
        {
            if ((File.GetUnixFileMode(path) & ~Own) != UnixFileMode.None)
            {
                File.SetUnixFileMode(path, Own);
            }
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            // Only who owns it may, and some file systems have no such modes.
        }
    }

    /// <summary>Whether users who neither own a folder nor are of its group may do anything in it.</summary>
    internal static bool IsOpenToOthers(string directory) =>
        !OperatingSystem.IsWindows() && (File.GetUnixFileMode(directory) & Others) != UnixFileMode.None;

    [LibraryImport("libc", EntryPoint = "umask")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int SetMask(int mask);
}
