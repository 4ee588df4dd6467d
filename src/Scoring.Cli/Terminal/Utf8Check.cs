using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Scoring.Cli.Terminal;

/// <summary>Checks that a file is UTF-8, block by block, and says where it is not.</summary>
/// <param name="path">The file, for people.</param>
internal sealed class Utf8Check(string path)
{
    private const int LongestCharacter = 4;

    private readonly byte[] _begun = new byte[LongestCharacter];
    private int _begunLength;
    private bool _isBegin = true;
    private long _line = 1;
    private long _column = 1;

    /// <summary>Checks a file that is in memory, and not empty.</summary>
    /// <exception cref="CommandFailedException">It is not UTF-8, or empty.</exception>
    public static void Require(string path, byte[] bytes)
    {
        if (bytes.Length == 0)
        {
            throw new CommandFailedException($"{path}: the file is empty");
        }

        var check = new Utf8Check(path);
        check.Append(bytes);
        check.Complete();
    }

    /// <summary>Takes the next bytes.</summary>
    /// <exception cref="CommandFailedException">They are not UTF-8.</exception>
    public void Append(ReadOnlySpan<byte> bytes)
    {
        if (_isBegin && bytes.Length > 0)
        {
            RefuseUtf16(bytes);
            _isBegin = false;
            bytes = bytes.StartsWith(Encoding.UTF8.Preamble) ? bytes[Encoding.UTF8.Preamble.Length..] : bytes;
        }

        while (_begunLength > 0 && bytes.Length > 0)
        {
            _begun[_begunLength++] = bytes[0];
            bytes = bytes[1..];
            if (Rune.DecodeFromUtf8(_begun.AsSpan(0, _begunLength), out _, out _) != OperationStatus.NeedMoreData)
            {
                var length = _begunLength;
                _begunLength = 0;
                Walk(_begun.AsSpan(0, length));
            }
        }

        Walk(bytes);
    }

    /// <summary>The file ends here.</summary>
    /// <exception cref="CommandFailedException">It ends within a character.</exception>
    public void Complete()
    {
        if (_begunLength > 0)
        {
            throw NotUtf8(_begun[0]);
        }
    }

    private void Walk(ReadOnlySpan<byte> bytes)
    {
        if (Utf8.IsValid(bytes))
        {
            Pass(bytes);
            return;
        }

        while (bytes.Length > 0)
        {
            var status = Rune.DecodeFromUtf8(bytes, out _, out var length);
            if (status == OperationStatus.NeedMoreData)
            {
                bytes.CopyTo(_begun);
                _begunLength = bytes.Length;
                return;
            }

            if (status != OperationStatus.Done)
            {
                throw NotUtf8(bytes[0]);
            }

            Pass(bytes[..length]);
            bytes = bytes[length..];
        }
    }

    /// <summary>Counts lines, and the characters of the last one.</summary>
    private void Pass(ReadOnlySpan<byte> valid)
    {
        _line += valid.Count((byte)'\n');
        var last = valid.LastIndexOf((byte)'\n');
        if (last >= 0)
        {
            _column = 1;
        }

        foreach (var one in valid[(last + 1)..])
        {
            // All bytes of a character but the first are 10xxxxxx.
            _column += (one & 0xC0) == 0x80 ? 0 : 1;
        }
    }

    private void RefuseUtf16(ReadOnlySpan<byte> begin)
    {
        if (begin is [0xFF, 0xFE, ..] or [0xFE, 0xFF, ..] or [0, ..] or [_, 0, ..])
        {
            throw new CommandFailedException(
                $"{path}: is UTF-16 or UTF-32; files are read as UTF-8. Convert it, for example with: iconv -f UTF-16 -t UTF-8"
            );
        }
    }

    private CommandFailedException NotUtf8(byte bad) =>
        new($"{path}:{_line}: column {_column}: the byte 0x{bad:X2} is not UTF-8; convert the file to UTF-8");
}
