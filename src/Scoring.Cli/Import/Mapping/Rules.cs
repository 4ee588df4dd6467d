namespace Scoring.Cli.Import.Mapping;

/// <summary>How a row becomes one account, customer or event.</summary>
/// <param name="Name">What it makes of rows, for people: the event type, or accounts or customers.</param>
/// <param name="Key">What it is called among the rules of its file, for example <c>events[1]</c>.</param>
/// <param name="Line">Where the mapping file says so.</param>
/// <param name="When">The conditions that must all hold.</param>
internal abstract record Rule(string Name, string Key, int Line, IReadOnlyList<Condition> When)
{
    /// <summary>The columns that the rule reads.</summary>
    public IEnumerable<(string Field, ColumnReference Reference)> References =>
        Values
            .SelectMany(value => value.Template.References.Select(reference => (value.Field, reference)))
            .Concat(When.Select(condition => ("when", condition.Column)));

    /// <summary>Whether the rule wants the row at all.</summary>
    public bool Wants(RowScope scope) => When.All(condition => condition.Holds(scope));

    protected abstract IEnumerable<MappedValue> Values { get; }

    protected static IEnumerable<MappedValue> Some(params MappedValue?[] values) => values.OfType<MappedValue>();
}

/// <summary>A row that tells of an account.</summary>
internal sealed record AccountRule(
    string Name,
    string Key,
    int Line,
    IReadOnlyList<Condition> When,
    MappedValue Id,
    MappedValue? Seats,
    IReadOnlyDictionary<string, MappedValue> Attributes
) : Rule(Name, Key, Line, When)
{
    protected override IEnumerable<MappedValue> Values => Some(Id, Seats).Concat(Attributes.Values);
}

/// <summary>A row that tells of a customer.</summary>
internal sealed record CustomerRule(
    string Name,
    string Key,
    int Line,
    IReadOnlyList<Condition> When,
    MappedValue Id,
    MappedValue? Account,
    IReadOnlyDictionary<string, MappedValue> Attributes
) : Rule(Name, Key, Line, When)
{
    protected override IEnumerable<MappedValue> Values => Some(Id, Account).Concat(Attributes.Values);
}

/// <summary>A row that tells of an event.</summary>
internal sealed record EventRule(
    string Name,
    string Key,
    int Line,
    IReadOnlyList<Condition> When,
    MappedValue Type,
    MappedValue Id,
    MappedValue Customer,
    MappedValue? Account,
    MappedValue At,
    MappedValue? Value,
    MappedValue? Feature
) : Rule(Name, Key, Line, When)
{
    protected override IEnumerable<MappedValue> Values => Some(Type, Id, Customer, Account, At, Value, Feature);
}
