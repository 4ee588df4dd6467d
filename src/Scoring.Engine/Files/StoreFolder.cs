using System.Globalization;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Files;

/// <summary>The names of the files of a store, which all lie in one folder.</summary>
internal static class StoreFolder
{
    /// <summary>The file that is there once a store is whole.</summary>
    public const string StoreFile = DocumentPrefix + StoreContents.StoreDocument;

    /// <summary>The file that says where the journal begins and which files it has.</summary>
    public const string JournalFile = DocumentPrefix + "journal";

    /// <summary>Stands there while a store is being moved into the folder, as the document of that.</summary>
    public const string MoveFile = DocumentPrefix + IMovableStore.MoveDocument;

    /// <summary>Stands there while a store is being made.</summary>
    public const string MakingFile = "scoring.making";

    /// <summary>What earlier builds kept in SQLite.</summary>
    public const string SqliteFile = "scoring.db";

    private const string DocumentPrefix = "scoring.";
    private const string StatePrefix = DocumentPrefix + "state-";

    /// <summary>The file of a document.</summary>
    public static string PathOf(string directory, string document) =>
        Path.Combine(directory, DocumentPrefix + document);

    /// <summary>The file of a partition's state.</summary>
    public static string PathOf(string directory, int partition) =>
        Path.Combine(directory, string.Create(CultureInfo.InvariantCulture, $"{StatePrefix}{partition:D4}"));

    /// <summary>The file of a blob.</summary>
    public static string PathOf(string directory, int partition, long number) =>
        Path.Combine(
            directory,
            string.Create(CultureInfo.InvariantCulture, $"scoring-{partition:D4}-{number:D6}.snapshot")
        );

    /// <summary>The files of checkpoints in a folder, with partition and number where the name has them.</summary>
    public static IEnumerable<SnapshotPath> Snapshots(string directory)
    {
        foreach (var path in Directory.EnumerateFiles(directory, "scoring-*.snapshot"))
        {
            var numbers = Path.GetFileNameWithoutExtension(path).Split('-');
            yield return numbers.Length == 3
            && IsNumber(numbers[1], out var partition)
            && IsNumber(numbers[2], out var number)
            && partition <= int.MaxValue
                ? new(path, (int)partition, number)
                : new(path, Partition: -1, Number: -1);
        }
    }

    /// <summary>All files in a folder that a store consists of, other than those of earlier builds.</summary>
    public static IEnumerable<string> FilesIn(string directory) =>
        DocumentsIn(directory)
            .Concat(Snapshots(directory).Select(snapshot => snapshot.Path))
            .Concat(JournalSegment.FilesIn(directory));

    /// <summary>The files that are replaced as a whole.</summary>
    public static IEnumerable<string> DocumentsIn(string directory) =>
        Directory.EnumerateFiles(directory, DocumentPrefix + "*").Where(path => IsDocument(Path.GetFileName(path)));

    /// <summary>Removes what was to replace a file when the process ended. The journal, which may be in use already, removes its own.</summary>
    public static void RemoveDrafts(string directory)
    {
        foreach (var draft in Directory.GetFiles(directory, DocumentPrefix + "*" + CheckedFile.DraftSuffix))
        {
            if (Path.GetFileName(draft) == JournalFile + CheckedFile.DraftSuffix)
            {
                continue;
            }
            TryDelete(draft);
        }
    }

    /// <summary>Removes a file that is of no use, or leaves it to the next start.</summary>
    public static void TryDelete(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            // It does no harm.
        }
    }

    private static bool IsDocument(string name) =>
        name is StoreFile or JournalFile or MoveFile
        || name == DocumentPrefix + StoreContents.SettingsDocument
        || name == DocumentPrefix + StoreContents.ModelsDocument
        || (
            !IsDraft(name)
            && (
                name.StartsWith(StatePrefix, StringComparison.Ordinal)
                || name.StartsWith(DocumentPrefix + StoreContents.SharedPrefix, StringComparison.Ordinal)
            )
        );

    private static bool IsDraft(string name) => name.EndsWith(CheckedFile.DraftSuffix, StringComparison.Ordinal);

    private static bool IsNumber(string digits, out long number) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out number);
}

/// <summary>A file of a checkpoint, by what its name says; -1 where that says nothing.</summary>
internal readonly record struct SnapshotPath(string Path, int Partition, long Number);
