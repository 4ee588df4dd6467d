using Microsoft.Win32.SafeHandles;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>Reads a file.</summary>
internal sealed class FileBlobSource : IBlobSource
{
    private readonly SafeFileHandle _file;

    /// <exception cref="StoreException">It is missing, or cannot be read.</exception>
    public FileBlobSource(string path)
    {
        Place = path;
        try
        {
            _file = File.OpenHandle(
                path,
                FileMode.Open,
                FileAccess.Read,
                FileShare.ReadWrite,
                FileOptions.SequentialScan
            );
        }
        catch (FileNotFoundException)
        {
            throw StoreErrors.Damaged(path, "this file of a checkpoint is missing");
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw StoreErrors.Unreadable(path, e);
        }
        Length = RandomAccess.GetLength(_file);
    }

    /// <inheritdoc/>
    public string Place { get; }

    /// <inheritdoc/>
    public long Length { get; }

    /// <inheritdoc/>
    public int Read(Span<byte> buffer, long offset)
    {
        try
        {
            return RandomAccess.Read(_file, buffer, offset);
        }
        catch (IOException e)
        {
            throw StoreErrors.Unreadable(Place, e);
        }
    }

    public void Dispose() => _file.Dispose();
}
