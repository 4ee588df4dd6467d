using System.ComponentModel;
using System.Diagnostics;

namespace Scoring.Engine.CrashTests;

/// <summary>A file system of a few megabytes in memory.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path = Directory.CreateTempSubdirectory("scoring-disk-").FullName;
    private readonly bool _mounted;

    /// <summary>Mounts it, or skips the test where that is not permitted.</summary>
    public SmallDisk(int megabytes)
    {
        _mounted = Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", _path);
        if (!_mounted)
        {
            Directory.Delete(_path);
            Assert.Skip(
                "A small disk cannot be mounted here: run as root, or 'unshare -rm dotnet test tests/Scoring.Engine.CrashTests -c Release'."
            );
        }
    }

    public string DataDirectory => Path.Combine(_path, "data");

    private string Ballast => Path.Combine(_path, "ballast");

    /// <summary>Takes room away until a few megabytes are left.</summary>
    public void Fill(int leavingMegabytes)
    {
        var drive = new DriveInfo(_path);
        var piece = new byte[4_096];
        using var ballast = File.OpenHandle(Ballast, FileMode.Create, FileAccess.Write);
        try
        {
            while (drive.AvailableFreeSpace > (long)leavingMegabytes << 20)
            {
                RandomAccess.Write(ballast, piece, RandomAccess.GetLength(ballast));
            }
        }
        catch (IOException)
        {
            // Somebody else took the last of it.
        }
    }

    /// <summary>Gives it back.</summary>
    public void MakeRoom() => File.Delete(Ballast);

    public void Dispose()
    {
        if (_mounted)
        {
            Run("umount", "--lazy", _path);
            Directory.Delete(_path, recursive: true);
        }
    }

    private static bool Run(string command, params string[] arguments)
    {
        try
        {
            var start = new ProcessStartInfo(command, arguments)
            {
                UseShellExecute = false,
                RedirectStandardError = true,
            };
            using var process = Process.Start(start)!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (Win32Exception)
        {
            return false;
        }
    }
}
