using System.Text.Json.Serialization;

namespace Scoring.Core.Filters;

/// <summary>Which customers are meant: those that meet a condition.</summary>
/// <param name="Condition">The condition.</param>
public sealed record Filter([property: JsonRequired] Condition Condition)
{
    /// <summary>The filter that every customer passes.</summary>
    public static Filter Everyone { get; } = new(new Condition.All([]));

    /// <summary>Reads a filter, for example <c>plan = "pro" AND NOT seats &lt; 5</c>; everyone where it is empty.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ScoringError.InvalidArgument"/>, with line, column and what was expected there.
    /// </exception>
    public static Filter Parse(string text) =>
        FilterParser.Read(text) is { } syntax ? new(FilterFields.Bind(syntax)) : Everyone;
}
