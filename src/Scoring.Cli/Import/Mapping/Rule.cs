namespace Scoring.Cli.Import.Mapping;

/// <summary>What a rule makes of rows.</summary>
internal enum RuleKind
{
    Account,
    Customer,
    Event,
}

/// <summary>How a row becomes one account, customer or event.</summary>
/// <param name="Kind">Which of them.</param>
/// <param name="Name">What it makes of rows, for people: the event type, or accounts or customers.</param>
/// <param name="Key">What it is called among the rules of its file, for example <c>events[1]</c>.</param>
/// <param name="Line">Where the mapping file says so.</param>
/// <param name="When">The conditions that must all hold.</param>
/// <param name="Values">The values by their fields in the mapping file, for example <c>customer</c>.</param>
/// <param name="Attributes">The attributes by their names.</param>
internal sealed record Rule(
    RuleKind Kind,
    string Name,
    string Key,
    int Line,
    IReadOnlyList<Condition> When,
    IReadOnlyDictionary<string, MappedValue> Values,
    IReadOnlyDictionary<string, MappedValue> Attributes
)
{
    /// <summary>The columns that the rule reads.</summary>
    public IEnumerable<(string Field, ColumnReference Reference)> References =>
        Values
            .Values.Concat(Attributes.Values)
            .SelectMany(value => value.Template.References.Select(reference => (value.Field, reference)))
            .Concat(When.Select(condition => ("when", condition.Column)));

    /// <summary>Whether the rule wants the row at all.</summary>
    public bool Wants(RowScope scope) => When.All(condition => condition.Holds(scope));

    /// <summary>A value for a row, which may not be empty.</summary>
    public string Required(string field, RowScope scope) => Values[field].EvaluateRequired(scope);

    /// <summary>A value for a row; empty where the rule does not have the field.</summary>
    public string Optional(string field, RowScope scope) =>
        Values.TryGetValue(field, out var value) ? value.Evaluate(scope) : "";
}
