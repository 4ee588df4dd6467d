using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Import.Rejects;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import;

/// <summary>The files of an import, found on disk.</summary>
internal sealed class ImportFiles
{
    private readonly ImportMapping _mapping;
    private readonly string _folder;

    private ImportFiles(ImportMapping mapping, string folder, IReadOnlyList<SourceFile> imported)
    {
        _mapping = mapping;
        _folder = folder;
        Imported = imported;
    }

    /// <summary>The files to import, in the mapping's order.</summary>
    public IReadOnlyList<SourceFile> Imported { get; }

    /// <summary>Finds the files.</summary>
    /// <param name="mapping">The mapping.</param>
    /// <param name="path">
    /// A folder with all of its files, or one of them; that of a mapping of one file may have any name. Or a file of rows of them that were rejected.
    /// </param>
    /// <exception cref="CommandFailedException">A file is missing, or the path is none of the mapping's.</exception>
    public static ImportFiles Find(ImportMapping mapping, string path)
    {
        List<FileMapping> wanted = [.. mapping.Files.Where(file => file.Rules.Count > 0)];
        var isFolder = Directory.Exists(path);
        if (!isFolder && !File.Exists(path))
        {
            throw new CommandFailedException($"{path}: there is no such file or folder");
        }

        var folder = isFolder ? path : Path.GetDirectoryName(Path.GetFullPath(path))!;
        SourceFile[] imported =
            isFolder ? [.. wanted.Select(file => InFolder(folder, file))]
            : RejectsFile.Is(path)
                ? [.. RejectsFile.FilesIn(path, mapping).Select(file => new SourceFile(path, file, isRejects: true))]
            : [new SourceFile(path, Only(wanted, path))];
        var files = new ImportFiles(mapping, folder, imported);
        foreach (var join in imported.SelectMany(file => file.Mapping.Joins))
        {
            _ = files.Joined(join);
        }

        return files;
    }

    /// <summary>The file that a join looks up.</summary>
    public SourceFile Joined(JoinMapping join) =>
        InFolder(_folder, _mapping.Files.First(file => file.Name == join.File));

    private static FileMapping Only(List<FileMapping> wanted, string path) =>
        wanted is [var only]
            ? only
            : wanted.Find(file => file.FileName == Path.GetFileName(path))
                ?? throw new CommandFailedException(
                    $"{path}: the mapping knows no file of this name; it knows "
                        + string.Join(", ", wanted.Select(file => file.FileName))
                );

    private static SourceFile InFolder(string folder, FileMapping file)
    {
        var path = Path.Combine(folder, file.FileName);
        return File.Exists(path)
            ? new SourceFile(path, file)
            : throw new CommandFailedException(
                $"{path}: there is no such file; the mapping reads it (line {file.Line})"
            );
    }
}
