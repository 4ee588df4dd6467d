using System.Runtime.InteropServices;

namespace Scoring.Engine.Files;

/// <summary>Tells a file or folder from whatever may take its path later. Known on Linux alone; elsewhere all are taken for the same.</summary>
/// <param name="Device">The file system.</param>
/// <param name="Number">The inode in it.</param>
internal readonly partial record struct FileIdentity(ulong Device, ulong Number)
{
    private const int CurrentDirectory = -100;
    private const uint NumberOnly = 0x100;
    private const int NoSuchFile = 2;
    private const int NotADirectory = 20;

    // What no file has.
    private static readonly FileIdentity Unknown = new(0, 0);
    private static readonly FileIdentity Missing = new(ulong.MaxValue, ulong.MaxValue);

    /// <summary>What is at a path now.</summary>
    public static FileIdentity Of(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return Unknown;
        }
        try
        {
            return GetStatus(CurrentDirectory, path, flags: 0, NumberOnly, out var status) == 0
                    ? new(((ulong)status.DeviceMajor << 32) | status.DeviceMinor, status.Number)
                : Marshal.GetLastPInvokeError() is NoSuchFile or NotADirectory ? Missing
                : Unknown;
        }
        catch (EntryPointNotFoundException)
        {
            // A C library of before 2018.
            return Unknown;
        }
    }

    /// <summary>Whether something else is at a path than this, or nothing.</summary>
    public bool IsGoneFrom(string path) => this != Unknown && Of(path) is var now && now != Unknown && now != this;

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static partial int GetStatus(int directory, string path, int flags, uint mask, out Status status);

    // Layout of statx(2), the same on all processors.
    [StructLayout(LayoutKind.Explicit, Size = 256)]
    private struct Status
    {
        [FieldOffset(32)]
        public ulong Number;

        [FieldOffset(136)]
        public uint DeviceMajor;

        [FieldOffset(140)]
        public uint DeviceMinor;
    }
}
