using System.Globalization;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Snapshots;

/// <summary>The files that checkpoints write, beside the database.</summary>
/// <param name="directory">The data directory.</param>
/// <param name="identity">The store's identity, which stands in every frame.</param>
/// <param name="probe">Told of steps, for tests.</param>
internal sealed class SnapshotFolder(string directory, long identity, Action<CommitStep>? probe = null)
{
    private const string Prefix = "scoring-";
    private const string Suffix = ".snapshot";

    /// <summary>All files of a directory that are named as these are.</summary>
    public static IEnumerable<string> FilesIn(string directory) =>
        Directory.EnumerateFiles(directory, Prefix + "*" + Suffix);

    public string PathOf(int partition, int number) =>
        Path.Combine(
            directory,
            string.Create(CultureInfo.InvariantCulture, $"{Prefix}{partition:D4}-{number:D6}{Suffix}")
        );

    /// <summary>Begins a file that the store does not know; one of that name was never told to it.</summary>
    /// <exception cref="SnapshotFailure">It could not be made.</exception>
    public SnapshotWriter Create(int partition, int number) => new(PathOf(partition, number), number, identity, probe);

    /// <summary>Opens a file that the store knows.</summary>
    /// <exception cref="StoreException">It is missing, or of another length.</exception>
    public SnapshotReader Open(int partition, SnapshotFile file) => new(PathOf(partition, file.Number), file, identity);

    /// <summary>Makes new names safe from a power failure.</summary>
    /// <exception cref="SnapshotFailure">They are not known to be.</exception>
    public void SyncNames()
    {
        try
        {
            DiskSync.Names(directory);
        }
        catch (IOException e)
        {
            throw new SnapshotFailure(directory, e);
        }
    }

    /// <summary>Removes a file, or leaves it to the next start.</summary>
    public void Remove(int partition, int number) => TryRemove(PathOf(partition, number));

    /// <summary>Removes what the store does not know: what a crash left half written, and what was given up.</summary>
    public void RemoveUnknown(IReadOnlyList<PartitionState> states)
    {
        var known = states
            .SelectMany((state, partition) => state.Files.Select(file => PathOf(partition, file.Number)))
            .ToHashSet(StringComparer.Ordinal);
        foreach (var path in FilesIn(directory).Where(path => !known.Contains(path)).ToList())
        {
            TryRemove(path);
        }
    }

    private static void TryRemove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It does no harm; the next start removes files that the store does not know.
        }
    }
}
