namespace Scoring.Engine.Files;

/// <summary>Keeps other processes out of a data directory.</summary>
/// <remarks>An advisory lock on an open file: the operating system drops it with the process, however that ends.</remarks>
internal sealed class DirectoryLock : IDisposable
{
    public const string FileName = "scoring.lock";
    private readonly FileStream _file;

    private DirectoryLock(FileStream file) => _file = file;

    /// <exception cref="StoreException">Another process has the directory, or it cannot be written to.</exception>
    public static DirectoryLock Take(string directory)
    {
        var path = Path.Combine(directory, FileName);
        try
        {
            return new(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (Exception e) when (e is IOException and not DirectoryNotFoundException)
        {
            throw new StoreException(
                directory,
                $"the data directory cannot be locked: {e.Message} Stop the process that uses it, or choose another directory.",
                e
            );
        }
        catch (UnauthorizedAccessException e)
        {
            throw new StoreException(directory, "the data directory cannot be written to; check its permissions.", e);
        }
    }

    public void Dispose() => _file.Dispose();
}
