namespace Scoring.Cli.Import.Mapping;

/// <summary>Whether a rule wants a row: the column is one of the values, or, negated, none of them.</summary>
internal sealed record Condition(ColumnReference Column, IReadOnlyList<string> Values, bool Negated)
{
    /// <summary>Whether the row meets the condition.</summary>
    public bool Holds(RowScope scope) => Values.Contains(scope.Read(Column), StringComparer.Ordinal) != Negated;
}
