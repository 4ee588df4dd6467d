namespace Scoring.Cli.Terminal;

/// <summary>A file that is there once all of it is: until then it has another name, and what fails or is stopped leaves nothing.</summary>
internal static class WrittenFile
{
    // A file that has this at its end is not complete.
    private const string Partial = ".partial";

    /// <summary>Writes a file, in the place of one that is there.</summary>
    /// <param name="path">Its name.</param>
    /// <param name="write">Writes the content.</param>
    /// <exception cref="CommandFailedException">It cannot be written.</exception>
    public static async Task<T> WriteAsync<T>(string path, Func<FileStream, Task<T>> write)
    {
        try
        {
            T result;
            await using (var target = File.Create(path + Partial))
            {
                result = await write(target);
                target.Flush(flushToDisk: true);
            }
            File.Move(path + Partial, path, overwrite: true);
            return result;
        }
        catch (Exception e) when (FileProblem.Is(e))
        {
            throw FileProblem.Writing(path, e);
        }
        finally
        {
            // Where its folder is missing, there is nothing to delete.
            if (File.Exists(path + Partial))
            {
                File.Delete(path + Partial);
            }
        }
    }
}
