using System.Text.RegularExpressions;

namespace Scoring.Cli.Import.Mapping;

/// <summary>
/// Text with references to columns: <c>{column}</c> of the row itself or <c>{join.column}</c> of a joined row; <c>{#row}</c> is the row's number in
/// its file, <c>{#hash}</c> what tells it from others by content; <c>{{</c> and <c>}}</c> stand for braces. Text without references is a constant.
/// </summary>
internal sealed partial class Template
{
    private readonly Part[] _parts;

    private Template(string text, Part[] parts)
    {
        Text = text;
        _parts = parts;
    }

    /// <summary>The template as it was written.</summary>
    public string Text { get; }

    /// <summary>The columns that the template refers to.</summary>
    public IEnumerable<ColumnReference> References =>
        _parts.Where(p => p.Reference is not null).Select(p => p.Reference!);

    /// <summary>Reads a template.</summary>
    /// <param name="text">The text, as in the mapping file.</param>
    /// <param name="joins">Names of the joins that it may refer to.</param>
    /// <exception cref="FormatException">A brace is not closed, or nothing is between two.</exception>
    public static Template Parse(string text, IReadOnlyCollection<string> joins)
    {
        var parts = Pieces()
            .Matches(text)
            .Select(piece =>
                piece.Value switch
                {
                    "{{" or "}}" => new Part(piece.Value[..1], null),
                    "{" => throw new FormatException(
                        $"'{{' at character {piece.Index + 1} is not closed; write '{{{{' for a brace"
                    ),
                    "}" => throw new FormatException(
                        $"'}}' at character {piece.Index + 1} closes nothing; write '}}}}' for a brace"
                    ),
                    ['{', .. var column, '}'] => new Part(null, ColumnReference.Parse(column, joins)),
                    var literal => new Part(literal, null),
                }
            );
        return new Template(text, [.. parts]);
    }

    /// <summary>Fills the template in; empty when the row is rejected while doing so.</summary>
    public string Evaluate(RowScope scope)
    {
        return _parts is [var only] ? Of(only) : string.Concat(_parts.Select(Of));

        string Of(Part part) => part.Literal ?? scope.Read(part.Reference!);
    }

    [GeneratedRegex(@"\{\{|\}\}|\{[^}]*\}|[{}]|[^{}]+", RegexOptions.NonBacktracking)]
    private static partial Regex Pieces();

    private readonly record struct Part(string? Literal, ColumnReference? Reference);
}

/// <summary>A column of the row itself (<see cref="Join"/> is null) or of a joined row.</summary>
internal sealed record ColumnReference(string? Join, string Column)
{
    /// <summary>Reads <c>column</c> or <c>join.column</c>; a dot after anything but a join belongs to the column.</summary>
    /// <exception cref="FormatException">No column is named.</exception>
    public static ColumnReference Parse(string text, IReadOnlyCollection<string> joins)
    {
        var dot = text.IndexOf('.', StringComparison.Ordinal);
        var reference =
            dot > 0 && joins.Contains(text[..dot], StringComparer.Ordinal)
                ? new ColumnReference(text[..dot], text[(dot + 1)..])
                : new ColumnReference(null, text);
        return reference.Column.Length > 0
            ? reference
            : throw new FormatException($"'{{{text}}}' names no column; write a column between the braces");
    }

    public override string ToString() => Join is null ? Column : $"{Join}.{Column}";
}
