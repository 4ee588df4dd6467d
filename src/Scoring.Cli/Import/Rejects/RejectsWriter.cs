using CsvHelper;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import.Rejects;

/// <summary>Writes a new <see cref="RejectsFile"/>; there is none in the end if no row was rejected.</summary>
internal sealed class RejectsWriter : IDisposable
{
    private readonly string _path;
    private readonly IReadOnlyList<string> _columns;
    private readonly FileStream _stream;
    private readonly CsvWriter _csv;
    private bool _isEmpty = true;

    private RejectsWriter(string path, IReadOnlyList<string> columns, FileStream stream)
    {
        _path = path;
        _columns = columns;
        _stream = stream;
        _csv = CsvWriter.Create(stream, new CsvWriterOptions { NewLine = "\n" }, leaveOpen: true);
        _csv.WriteRecord([.. RejectsFile.Columns, .. columns]);
    }

    /// <summary>Makes the file.</summary>
    /// <param name="path">Where; nothing may be there.</param>
    /// <param name="columns">The columns of the rows, of all files.</param>
    /// <exception cref="CommandFailedException">It cannot be made.</exception>
    public static RejectsWriter Create(string path, IReadOnlyList<string> columns)
    {
        if (File.Exists(path))
        {
            throw new CommandFailedException(
                $"{path}: is there already, perhaps with rejected rows of an earlier import; name another file"
            );
        }

        try
        {
            return new RejectsWriter(path, columns, new FileStream(path, FileMode.CreateNew, FileAccess.Write));
        }
        catch (Exception e) when (FileProblem.Is(e))
        {
            throw FileProblem.Writing(path, e);
        }
    }

    /// <summary>Adds rows of a file, and returns once they are on disk.</summary>
    public void Write(string file, IReadOnlyCollection<Reject> rejects)
    {
        if (rejects.Count == 0)
        {
            return;
        }

        _isEmpty = false;
        foreach (var reject in rejects)
        {
            _csv.WriteRecord(RejectsFile.Fields(reject, file, _columns));
        }

        _csv.Flush();
        _stream.Flush(flushToDisk: true);
    }

    public void Dispose()
    {
        _csv.Dispose();
        _stream.Dispose();
        if (_isEmpty)
        {
            File.Delete(_path);
        }
    }
}
