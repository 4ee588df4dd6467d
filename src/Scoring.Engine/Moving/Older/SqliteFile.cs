using System.Buffers.Binary;
using System.Text;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Moving.Older;

/// <summary>Reads tables of an SQLite database with an integer key and a blob, as older stores had; changes nothing and wants no library.</summary>
/// <remarks>
/// Format: https://sqlite.org/fileformat2.html. All of it is read at once: such stores have few and small rows. Of the write-ahead log, what was
/// committed counts, as far as its checksums go.
/// </remarks>
internal sealed class SqliteFile
{
    private const int WalHeaderBytes = 32;
    private const int WalFrameHeaderBytes = 24;
    private const int FileHeaderBytes = 100;
    private const byte InteriorTable = 0x05;
    private const byte LeafTable = 0x0D;
    private const int MostLevels = 20;
    private readonly string _path;
    private readonly byte[] _file;
    private readonly byte[] _log;
    private readonly int _pageBytes;
    private readonly int _usableBytes;

    // Where in the log the newest committed content of a page stands.
    private readonly Dictionary<uint, int> _logged = [];

    /// <exception cref="StoreException">It cannot be read, or is no such file.</exception>
    public SqliteFile(string path)
    {
        _path = path;
        try
        {
            _file = File.ReadAllBytes(path);
            _log = File.Exists(path + "-wal") ? File.ReadAllBytes(path + "-wal") : [];
        }
        catch (Exception e) when (StoreFailure.IsOfDisk(e))
        {
            throw StoreErrors.Unreadable(path, e);
        }
        if (_file.Length < FileHeaderBytes || !_file.AsSpan().StartsWith("SQLite format 3\0"u8))
        {
            throw StoreErrors.Damaged(path, "it is no SQLite file");
        }
        _pageBytes = BinaryPrimitives.ReadUInt16BigEndian(_file.AsSpan(16)) is var bytes and not 1 ? bytes : 1 << 16;
        _usableBytes = _pageBytes - _file[20];
        ReadLog();
    }

    /// <summary>The number that tells what the file is for.</summary>
    public uint ApplicationId => Word(Page(1)[68..]);

    /// <summary>The version of what is in it.</summary>
    public uint UserVersion => Word(Page(1)[60..]);

    /// <summary>The rows of a table by key: the blob behind each.</summary>
    /// <exception cref="StoreException">The file is damaged, or has no such table.</exception>
    public List<(long Key, byte[] Content)> Read(string table)
    {
        try
        {
            foreach (var (_, schema) in Rows(root: 1))
            {
                var columns = Columns(schema);
                if (columns[1] is byte[] name && Encoding.UTF8.GetString(name) == table && columns[3] is long root)
                {
                    return [.. Rows((uint)root).Select(row => (row.Key, Columns(row.Payload)[1] as byte[] ?? []))];
                }
            }
        }
        catch (Exception e) when (e is ArgumentException or IndexOutOfRangeException)
        {
            throw StoreErrors.Damaged(_path, $"its table {table} cannot be read");
        }
        throw StoreErrors.Damaged(_path, $"it has no table {table}");
    }

    private void ReadLog()
    {
        if (_log.Length < WalHeaderBytes || (Word(_log) & ~1u) != 0x377F0682 || Word(_log.AsSpan(8)) != _pageBytes)
        {
            return;
        }
        var isLittleEndian = (Word(_log) & 1) == 0;
        var sum = Checksum((0, 0), _log.AsSpan(0, 24), isLittleEndian);
        if (sum != (Word(_log.AsSpan(24)), Word(_log.AsSpan(28))))
        {
            return;
        }
        var (pending, behind, isSound) = (new Dictionary<uint, int>(), 0, true);
        var frameBytes = WalFrameHeaderBytes + _pageBytes;
        for (var at = WalHeaderBytes; at + frameBytes <= _log.Length; at += frameBytes)
        {
            var frame = _log.AsSpan(at, frameBytes);
            var isCurrent = frame.Slice(8, 8).SequenceEqual(_log.AsSpan(16, 8));
            sum = Checksum(Checksum(sum, frame[..8], isLittleEndian), frame[WalFrameHeaderBytes..], isLittleEndian);
            isSound = isSound && isCurrent && sum == (Word(frame[16..]), Word(frame[20..]));
            var commits = Word(frame[4..]) != 0;
            behind += commits && isCurrent && !isSound ? 1 : 0;
            if (!isSound)
            {
                continue;
            }
            pending[Word(frame)] = at + WalFrameHeaderBytes;
            if (commits)
            {
                foreach (var (page, place) in pending)
                {
                    _logged[page] = place;
                }
                pending.Clear();
            }
        }
        if (behind > 1)
        {
            // The last transaction may be torn by a power failure, no other: each waited for the disk.
            throw StoreErrors.Damaged(_path + "-wal", "transactions in the middle of this file are damaged");
        }
    }

    private ReadOnlySpan<byte> Page(uint number) =>
        _logged.TryGetValue(number, out var place)
            ? _log.AsSpan(place, _pageBytes)
            : _file.AsSpan(checked((int)((number - 1L) * _pageBytes)), _pageBytes);

    private List<(long Key, byte[] Payload)> Rows(uint root)
    {
        var rows = new List<(long, byte[])>();
        Visit(root, level: 0, rows);
        return rows;
    }

    private void Visit(uint number, int level, List<(long, byte[])> rows)
    {
        var page = Page(number);
        var header = page[(number == 1 ? FileHeaderBytes : 0)..];
        var cells = BinaryPrimitives.ReadUInt16BigEndian(header[3..]);
        if (header[0] is not (InteriorTable or LeafTable) || level > MostLevels)
        {
            throw StoreErrors.Damaged(_path, $"its page {number} is none of a table");
        }
        var isLeaf = header[0] == LeafTable;
        var pointers = header[(isLeaf ? 8 : 12)..];
        for (var i = 0; i < cells; i++)
        {
            var cell = page[BinaryPrimitives.ReadUInt16BigEndian(pointers[(2 * i)..])..];
            if (isLeaf)
            {
                rows.Add(ReadCell(cell));
            }
            else
            {
                Visit(Word(cell), level + 1, rows);
            }
        }
        if (!isLeaf)
        {
            Visit(Word(header[8..]), level + 1, rows);
        }
    }

    private (long Key, byte[] Payload) ReadCell(ReadOnlySpan<byte> cell)
    {
        var length = checked((int)Number(ref cell));
        var key = Number(ref cell);
        var payload = new byte[length];
        var local = LocalBytes(length);
        cell[..local].CopyTo(payload);
        for (var next = local < length ? Word(cell[local..]) : 0; local < length; next = Word(Page(next)))
        {
            var taken = Math.Min(length - local, _usableBytes - 4);
            Page(next).Slice(4, taken).CopyTo(payload.AsSpan(local));
            local += taken;
            if (local == length)
            {
                break;
            }
        }
        return (key, payload);
    }

    /// <summary>Bytes of a row that stand in the page itself; the others in pages of their own.</summary>
    private int LocalBytes(int length)
    {
        var most = _usableBytes - 35;
        if (length <= most)
        {
            return length;
        }
        var least = ((_usableBytes - 12) * 32 / 255) - 23;
        var wanted = least + ((length - least) % (_usableBytes - 4));
        return wanted <= most ? wanted : least;
    }

    /// <summary>The columns of a row: null, a number, or the bytes of a text or blob.</summary>
    private static List<object?> Columns(byte[] payload)
    {
        ReadOnlySpan<byte> header = payload;
        var headerBytes = (int)Number(ref header);
        var types = payload.AsSpan((payload.Length - header.Length)..headerBytes);
        ReadOnlySpan<byte> rest = payload.AsSpan(headerBytes);
        var columns = new List<object?>();
        for (ReadOnlySpan<byte> left = types; left.Length > 0; )
        {
            var type = Number(ref left);
            var bytes = type switch
            {
                >= 12 => checked((int)((type - 12) / 2)),
                5 => 6,
                6 or 7 => 8,
                <= 4 => (int)type,
                _ => 0,
            };
            columns.Add(
                type switch
                {
                    >= 12 => rest[..bytes].ToArray(),
                    0 or 7 => null,
                    >= 8 => type - 8,
                    _ => Signed(rest[..bytes]),
                }
            );
            rest = rest[bytes..];
        }
        return columns;
    }

    private static long Signed(ReadOnlySpan<byte> bytes)
    {
        var number = (long)(sbyte)bytes[0];
        foreach (var next in bytes[1..])
        {
            number = (number << 8) | next;
        }
        return number;
    }

    private static long Number(ref ReadOnlySpan<byte> source)
    {
        var number = 0L;
        for (var i = 0; i < 9; i++)
        {
            var next = source[0];
            source = source[1..];
            if (i == 8)
            {
                return (number << 8) | next;
            }
            number = (number << 7) | (long)(next & 0x7Fu);
            if (next < 0x80)
            {
                break;
            }
        }
        return number;
    }

    private static (uint, uint) Checksum((uint First, uint Second) sum, ReadOnlySpan<byte> bytes, bool isLittleEndian)
    {
        for (; bytes.Length >= 8; bytes = bytes[8..])
        {
            sum.First += Read(bytes, isLittleEndian) + sum.Second;
            sum.Second += Read(bytes[4..], isLittleEndian) + sum.First;
        }
        return sum;
    }

    private static uint Read(ReadOnlySpan<byte> bytes, bool isLittleEndian) =>
        isLittleEndian ? BinaryPrimitives.ReadUInt32LittleEndian(bytes) : Word(bytes);

    private static uint Word(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt32BigEndian(bytes);
}
