using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Import;

/// <summary>
/// Remembers how many rows of a file a server has acknowledged, so that the file can be imported again without counting anything
/// twice, long after the server has forgotten its event ids.
/// </summary>
/// <remarks>
/// One small file per server address, workspace and content of the data file, replaced as a whole after every acknowledged
/// chunk of rows. Whatever a crash leaves unnoted is at most one chunk; its events have ids, which the server still knows then.
/// </remarks>
internal sealed class ImportJournal : IDisposable
{
    private readonly string? _path;
    private readonly FileStream? _lock;

    private ImportJournal(string? path, FileStream? heldLock, Entry entry)
    {
        _path = path;
        _lock = heldLock;
        Current = entry;
    }

    public Entry Current { get; private set; }

    /// <summary>Where the journal is kept; null when nothing is kept.</summary>
    public string? Path => _path;

    /// <summary>A journal that keeps nothing, for a dry run.</summary>
    public static ImportJournal None(Entry entry) => new(null, null, entry);

    /// <summary>Opens the journal of a file and holds it until disposed.</summary>
    /// <param name="directory">Where journals are kept; made if need be.</param>
    /// <param name="entry">What is about to be imported, with no rows done.</param>
    /// <param name="restart">Forget what was imported before.</param>
    /// <exception cref="CommandFailedException">
    /// Another import holds it, it cannot be read or written, or events of the file were taken under another mapping.
    /// </exception>
    public static ImportJournal Open(string directory, Entry entry, bool restart)
    {
        var name = Convert.ToHexStringLower(
            SHA256.HashData(Encoding.UTF8.GetBytes($"{entry.Address}\n{entry.Workspace}\n{entry.ContentSha256}"))
        )[..32];
        var path = System.IO.Path.Combine(directory, name + ".json");
        if (File.Exists(directory))
        {
            throw new CommandFailedException($"--state: {directory} is a file, not a folder");
        }

        FileStream held;
        try
        {
            Directory.CreateDirectory(directory);
            held = new FileStream(path + ".lock", FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CommandFailedException(
                $"the import journal {path} cannot be held ({e.Message}); is another import of {entry.File} running? "
                    + "--state DIR names another place",
                e
            );
        }

        try
        {
            var before = restart ? null : Load(path, entry);
            return new ImportJournal(path, held, before ?? entry);
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Notes that the first rows of the file are acknowledged.</summary>
    /// <param name="rows">Rows from the beginning of the file.</param>
    /// <param name="events">Events among those since the last note that the server counts, now or since earlier.</param>
    /// <param name="witness">A customer that the server knows since; null keeps the one before.</param>
    public void Acknowledge(long rows, long events, string? witness)
    {
        Current = Current with { Rows = rows, Events = Current.Events + events, Witness = witness ?? Current.Witness };
        if (_path is null)
        {
            return;
        }

        var temporary = _path + ".new";
        using (var stream = new FileStream(temporary, FileMode.Create, FileAccess.Write))
        {
            JsonSerializer.Serialize(stream, Current, JournalJson.Default.Entry);
            stream.Flush(flushToDisk: true);
        }

        File.Move(temporary, _path, overwrite: true);
    }

    public void Dispose() => _lock?.Dispose();

    private static Entry? Load(string path, Entry wanted)
    {
        if (!File.Exists(path))
        {
            return null;
        }

        Entry? found;
        try
        {
            using var stream = File.OpenRead(path);
            found = JsonSerializer.Deserialize(stream, JournalJson.Default.Entry);
        }
        catch (JsonException e)
        {
            throw new CommandFailedException(
                $"the import journal {path} is damaged or of another version of this program; --restart forgets it and imports {wanted.File} from the beginning",
                e
            );
        }

        if (found is { Events: 0 })
        {
            // Nothing can count twice, and what was wrong with every row may be mended by now: the mapping, or the server's clock.
            return null;
        }

        if (found is not null && found.MappingSha256 != wanted.MappingSha256)
        {
            throw new CommandFailedException(
                $"{wanted.File} was imported to {wanted.Address} under another mapping ({found.Rows} rows); under this one its "
                    + "events could count twice. Use the mapping of then, or --restart if the server's data is gone"
            );
        }

        return found;
    }

    /// <summary>What a journal holds.</summary>
    /// <param name="Address">The server.</param>
    /// <param name="Workspace">The workspace there.</param>
    /// <param name="File">Name of the file, for people.</param>
    /// <param name="ContentSha256">Hash of its content.</param>
    /// <param name="MappingSha256">Hash of the mapping.</param>
    /// <param name="Rows">Rows acknowledged, from the beginning of the file.</param>
    /// <param name="Events">Events of them that the server counts.</param>
    /// <param name="Witness">A customer that the server knows if it is still the one that acknowledged them.</param>
    internal sealed record Entry(
        string Address,
        string Workspace,
        string File,
        string ContentSha256,
        string MappingSha256,
        [property: JsonRequired] long Rows,
        [property: JsonRequired] long Events,
        string? Witness
    );
}

[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower)]
[JsonSerializable(typeof(ImportJournal.Entry))]
internal sealed partial class JournalJson : JsonSerializerContext;
