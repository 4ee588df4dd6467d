using System.Text;
using Scoring.Core;

namespace Scoring.Cli.Terminal;

/// <summary>Writes text as <see cref="VisibleText"/> shows it, where no styles are: JSON, in whose strings that is an escape, and help.</summary>
internal sealed class VisibleWriter : TextWriter
{
    private readonly TextWriter _inner;

    /// <param name="inner">Takes it.</param>
    public VisibleWriter(TextWriter inner)
    {
        _inner = inner;
        // A carriage return is shown too: it has a terminal write over what stands in the line.
        CoreNewLine = ['\n'];
    }

    public override Encoding Encoding => _inner.Encoding;

    public override void Write(char value) => _inner.Write(UnseenCharacters.Show(value));

    public override void Write(char[] buffer, int index, int count) => Write(new string(buffer, index, count));

    public override void Write(ReadOnlySpan<char> buffer) => Write(buffer.ToString());

    public override void Write(string? value) => _inner.Write(UnseenCharacters.Show(value ?? ""));

    public override void Flush() => _inner.Flush();
}
