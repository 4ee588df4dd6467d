using System.Buffers;
using System.Text;
using System.Text.Unicode;

namespace Scoring.Cli.Terminal;

/// <summary>Checks that a file is UTF-8, block by block, and says where it is not.</summary>
/// <param name="path">The file, for people.</param>
internal sealed class Utf8Check(string path)
{
    private byte[] _begunCharacter = [];
    private char[] _decoded = [];
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
    public void Append(ReadOnlySpan<byte> block)
    {
        if (_isBegin && block.Length > 0)
        {
            RefuseUtf16(block);
            _isBegin = false;
            block = block.StartsWith(Encoding.UTF8.Preamble) ? block[Encoding.UTF8.Preamble.Length..] : block;
        }

        ReadOnlySpan<byte> bytes = _begunCharacter.Length > 0 ? [.. _begunCharacter, .. block] : block;
        if (_decoded.Length < bytes.Length)
        {
            _decoded = new char[bytes.Length];
        }

        var status = Utf8.ToUtf16(
            bytes,
            _decoded,
            out var length,
            out _,
            replaceInvalidSequences: false,
            isFinalBlock: false
        );
        Pass(bytes[..length]);
        if (status == OperationStatus.InvalidData)
        {
            throw NotUtf8(bytes[length]);
        }

        _begunCharacter = bytes[length..].ToArray();
    }

    /// <summary>The file ends here.</summary>
    /// <exception cref="CommandFailedException">It ends within a character.</exception>
    public void Complete()
    {
        if (_begunCharacter is [var first, ..])
        {
            throw NotUtf8(first);
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
