namespace Scoring.Cli.Import.Mapping;

/// <summary>A template, and optionally a table that its text is looked up in.</summary>
internal sealed record MappedValue(
    string Field,
    Template Template,
    IReadOnlyDictionary<string, string>? Map,
    string? Else
)
{
    /// <summary>The value for a row; empty when the row is rejected while computing it.</summary>
    public string Evaluate(RowScope scope)
    {
        var text = Template.Evaluate(scope);
        if (Map is null || scope.Rejection is not null)
        {
            return text;
        }

        if (Map.TryGetValue(text, out var mapped))
        {
            return mapped;
        }

        if (Else is null)
        {
            scope.Reject(RowRejection.ValueNotInMap, $"'{text}' is not in the map of '{Field}', which has no 'else'");
        }

        return Else ?? string.Empty;
    }

    /// <summary>The value for a row, which may not be empty.</summary>
    public string EvaluateRequired(RowScope scope)
    {
        var text = Evaluate(scope);
        if (text.Length == 0 && scope.Rejection is null)
        {
            scope.Reject(RowRejection.ValueEmpty, $"'{Field}' is empty ({Template.Text})");
        }

        return text;
    }
}
