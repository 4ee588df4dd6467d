using System.Text.Json.Serialization;

namespace Scoring.Core.Filters;

/// <summary>Which customers are meant: those that meet a condition.</summary>
public sealed record Filter
{
    /// <param name="condition">The condition.</param>
    public Filter(Condition condition) => Condition = condition;

    /// <summary>Reads what another server sent.</summary>
    /// <param name="condition">The condition; null from a server of a version that knew only <paramref name="clauses"/>.</param>
    /// <param name="clauses">See <see cref="Clauses"/>.</param>
    [JsonConstructor]
    private Filter(Condition? condition, IReadOnlyList<KeyValuePair<string, string>>? clauses) =>
        Condition = condition ?? new Condition.All([.. clauses!.Select(clause => Equal(clause.Key, clause.Value))]);

    /// <summary>The filter that every customer passes.</summary>
    public static Filter Everyone { get; } = new(new Condition.All([]));

    /// <summary>The condition.</summary>
    public Condition Condition { get; }

    /// <summary>
    /// The attributes that a customer must have, where nothing else is asked for; null where something is. For servers of a version that knew no
    /// conditions, while a cluster is updated; such a server refuses a filter without these.
    /// </summary>
    public IReadOnlyList<KeyValuePair<string, string>>? Clauses
    {
        get
        {
            var parts = Condition is Condition.All all ? all.Parts : [Condition];
            return parts.All(part => part is Condition.TextTest { IsOneValue: true })
                ? [.. parts.Cast<Condition.TextTest>().Select(test => KeyValuePair.Create(test.Key, test.Values[0]))]
                : null;
        }
    }

    /// <summary>Reads a filter, for example <c>plan = "pro" AND NOT seats &lt; 5</c>; everyone where it is empty.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ScoringError.InvalidArgument"/>, with line, column and what was expected there.
    /// </exception>
    public static Filter Parse(string text) =>
        FilterParser.Read(text) is { } syntax ? new(FilterFields.Bind(syntax)) : Everyone;

    /// <summary>Reads a filter of accounts, which has fields of its own: their attributes, account_id, seats, customer_count, health and status.</summary>
    /// <param name="text">The filter; empty for all.</param>
    /// <param name="statuses">What a status may be.</param>
    /// <exception cref="ScoringException">As of <see cref="Parse"/>.</exception>
    internal static Filter ParseForAccounts(string text, IReadOnlyList<string> statuses) =>
        FilterParser.Read(text) is { } syntax ? new(FilterFields.BindForAccounts(syntax, statuses)) : Everyone;

    private static Condition.TextTest Equal(string key, string value) =>
        new(TextField.Attribute, key, TextOperator.Equals, [value]);
}
