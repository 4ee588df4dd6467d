using System.Diagnostics;

namespace Scoring.Postgres.Tests.Support;

/// <summary>A tablespace of a few megabytes in memory.</summary>
internal sealed class SmallDisk : IDisposable
{
    private readonly string _path;

    /// <summary>Mounts it, or skips the test where that is not permitted.</summary>
    public SmallDisk(string parent, int megabytes)
    {
        _path = Directory.CreateDirectory(Path.Combine(parent, $"disk-{Guid.NewGuid():N}")).FullName;
        if (!Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", _path))
        {
            Directory.Delete(_path);
            Assert.Skip("A small disk cannot be mounted here: run as root.");
        }
        Directory.CreateDirectory(Space);
        Assert.True(Run("chown", "-R", "postgres:", _path));
    }

    /// <summary>A folder for a tablespace.</summary>
    public string Space => Path.Combine(_path, "space");

    private string Ballast => Path.Combine(_path, "ballast");

    /// <summary>Takes all of its room away.</summary>
    public void Fill()
    {
        using var ballast = File.OpenHandle(Ballast, FileMode.Create, FileAccess.Write);
        var piece = new byte[4_096];
        try
        {
            while (true)
            {
                RandomAccess.Write(ballast, piece, RandomAccess.GetLength(ballast));
            }
        }
        catch (IOException)
        {
            // It is full.
        }
    }

    /// <summary>Gives it back.</summary>
    public void MakeRoom() => File.Delete(Ballast);

    public void Dispose() => Run("umount", "--lazy", _path);

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { UseShellExecute = false, RedirectStandardError = true }
        )!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
