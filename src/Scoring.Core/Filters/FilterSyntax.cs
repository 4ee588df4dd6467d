namespace Scoring.Core.Filters;

/// <summary>A filter as it is written: what its names mean is not known yet.</summary>
internal abstract record FilterSyntax
{
    /// <summary>Parts that must all hold.</summary>
    public sealed record All(IReadOnlyList<FilterSyntax> Parts) : FilterSyntax;

    /// <summary>Parts of which one must hold.</summary>
    public sealed record Any(IReadOnlyList<FilterSyntax> Parts) : FilterSyntax;

    /// <summary>A part that must not hold.</summary>
    public sealed record Not(FilterSyntax Part) : FilterSyntax;

    /// <summary>A field and what is asked of it.</summary>
    /// <param name="Name">The field.</param>
    /// <param name="Arguments">What stands in parentheses behind it; null where there are none.</param>
    /// <param name="Operator">The operator, "IN" too; null where the field stands alone.</param>
    /// <param name="Values">What it is compared with.</param>
    public sealed record Clause(
        FilterWord Name,
        IReadOnlyList<FilterWord>? Arguments,
        FilterWord? Operator,
        IReadOnlyList<FilterWord> Values
    ) : FilterSyntax;
}

/// <summary>A word of a filter, and where it stands.</summary>
/// <param name="Text">The word; of a quoted one what is between the quotes.</param>
/// <param name="IsQuoted">Whether it was quoted.</param>
/// <param name="Line">Its line, from 1.</param>
/// <param name="Column">Its column, from 1.</param>
internal sealed record FilterWord(string Text, bool IsQuoted, int Line, int Column);
