using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Gathers what the index of a file says, and writes it.</summary>
/// <remarks>
/// Form (1), then the sections. Names: event types, then features, a count (varint) and the names by number. Chunks: a count, and of each, in varints, how far its first row is
/// from that of the one before (of the first, from the first row), its length, events, changes. Rows: see <see cref="ArchiveRows"/>.
/// </remarks>
internal sealed class IndexWriter : IDisposable
{
    /// <summary>Of the index and of chunks.</summary>
    public const byte Form = 1;

    /// <summary>The section of the names.</summary>
    public const int Names = 0;

    /// <summary>The section of the chunks.</summary>
    public const int Chunks = 1;

    /// <summary>The section of the rows.</summary>
    public const int Rows = 2;

    /// <summary>How many sections there are.</summary>
    public const int Sections = 3;

    private readonly BlobWriter _section = new();
    private readonly List<(int FirstRow, int Length, int Events, int Changes)> _chunks = [];
    private readonly List<(int First, int Last)> _stretches = [];

    public NameNumbers EventTypes { get; } = new();

    public NameNumbers Features { get; } = new();

    /// <summary>How many chunks were added.</summary>
    public int ChunkCount => _chunks.Count;

    /// <summary>The last row that was added; -1 before the first.</summary>
    public int LastRow => _stretches.Count == 0 ? -1 : _stretches[^1].Last;

    /// <summary>Adds a row, larger than any before.</summary>
    public void AddRow(int row)
    {
        if (_stretches.Count > 0 && _stretches[^1].Last == row - 1)
        {
            _stretches[^1] = (_stretches[^1].First, row);
        }
        else
        {
            _stretches.Add((row, row));
        }
    }

    /// <summary>Adds a chunk behind those before.</summary>
    public void AddChunk(int firstRow, int length, int events, int changes) =>
        _chunks.Add((firstRow, length, events, changes));

    public void Write(BlobWriter target, SectionWriter sections)
    {
        target.Byte(Form);
        WriteNames(EventTypes.Names);
        WriteNames(Features.Names);
        End(target, sections);
        _section.Varint((uint)_chunks.Count);
        var before = _stretches[0].First;
        foreach (var (firstRow, length, events, changes) in _chunks)
        {
            _section.Varint((uint)(firstRow - before));
            _section.Varint((uint)length);
            _section.Varint((uint)events);
            _section.Varint((uint)changes);
            before = firstRow;
        }
        End(target, sections);
        _section.Varint((uint)_stretches.Count);
        before = -2;
        foreach (var (first, last) in _stretches)
        {
            _section.Varint((uint)(first - before - 2));
            _section.Varint((uint)(last - first));
            before = last;
        }
        End(target, sections);
    }

    public void Dispose() => _section.Dispose();

    private void WriteNames(IReadOnlyList<string> names)
    {
        _section.Varint((uint)names.Count);
        foreach (var name in names)
        {
            _section.Text(name);
        }
    }

    private void End(BlobWriter target, SectionWriter sections)
    {
        sections.Write(target, _section.Written);
        _section.Clear();
    }
}
