namespace Scoring.Core.Filters;

/// <summary>What is said of a filter that is not one.</summary>
internal static class FilterMistake
{
    public static ScoringException Of(string what) =>
        new(ScoringError.InvalidArgument, $"The filter {what}.") { Field = "filter" };

    public static ScoringException At(int line, int column, string what) =>
        Of($"has a mistake at line {line}, column {column}: {what}");

    public static ScoringException At(FilterWord word, string what) => At(word.Line, word.Column, what);
}
