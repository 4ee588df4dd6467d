using System.Globalization;
using Scoring.Core.Names;
using Scoring.Core.Time;
using static Scoring.Core.Filters.Condition;

namespace Scoring.Core.Filters;

/// <summary>What the names in a filter mean.</summary>
/// <remarks>A name that is none of these is the key of an attribute, of which any may come to be.</remarks>
public sealed class FilterFields
{
    private const string AttributePrefix = "attributes.";
    private const string AccountPrefix = "account.";
    private const string SeatsName = "seats";
    private const string LastEventName = "last_event";

    private static readonly Dictionary<string, TextField> Texts = new(StringComparer.Ordinal)
    {
        ["customer_id"] = TextField.CustomerId,
        ["account_id"] = TextField.AccountId,
        ["band"] = TextField.Band,
        ["lifecycle"] = TextField.Lifecycle,
    };

    private static readonly Dictionary<string, NumberField> Numbers = new(StringComparer.Ordinal)
    {
        ["score"] = NumberField.Score,
        ["display_score"] = NumberField.DisplayScore,
        ["momentum"] = NumberField.Momentum,
    };

    private static readonly Dictionary<string, AgeField> Ages = new(StringComparer.Ordinal)
    {
        [LastEventName] = AgeField.LastEvent,
        ["first_event"] = AgeField.FirstEvent,
    };

    private static readonly string[] Functions =
    [
        "account",
        "active_days",
        "adjusted",
        "events",
        "in_segment",
        LastEventName,
        "quantity",
        "used",
    ];

    private int _clauses;

    // Of a filter of accounts: what a status may be.
    private IReadOnlyList<string>? _statuses;

    private FilterFields() { }

    /// <summary>The fields that are no attributes.</summary>
    public static IEnumerable<string> BuiltIn { get; } = [.. Texts.Keys, .. Numbers.Keys, .. Ages.Keys];

    /// <summary>The key of the attribute that a name means; null for one that is a field, or one of an account's.</summary>
    public static string? KeyOf(string name) =>
        BuiltIn.Contains(name) || name.StartsWith(AccountPrefix, StringComparison.Ordinal) ? null : WithoutPrefix(name);

    /// <summary>What a filter means.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.InvalidArgument"/>, with line and column.</exception>
    internal static Condition Bind(FilterSyntax syntax) => new FilterFields().Of(syntax);

    /// <summary>What a filter of accounts means.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.InvalidArgument"/>, with line and column.</exception>
    /// <param name="syntax">The filter.</param>
    /// <param name="statuses">What a status may be.</param>
    internal static Condition BindForAccounts(FilterSyntax syntax, IReadOnlyList<string> statuses) =>
        new FilterFields { _statuses = statuses }.Of(syntax);

    private Condition Of(FilterSyntax syntax) =>
        syntax switch
        {
            FilterSyntax.All all => new All([.. all.Parts.Select(Of)]),
            FilterSyntax.Any any => new Any([.. any.Parts.Select(Of)]),
            FilterSyntax.Not not => new Not(Of(not.Part)),
            _ => OfClause((FilterSyntax.Clause)syntax),
        };

    private Condition OfClause(FilterSyntax.Clause clause)
    {
        var place = _clauses++;
        if (_clauses > Limits.FilterClauses)
        {
            throw FilterMistake.At(clause.Name, $"more than {Limits.FilterClauses} clauses");
        }
        if (clause.Values.Count > Limits.FilterValues)
        {
            throw FilterMistake.At(clause.Operator!, $"more than {Limits.FilterValues} values");
        }
        if (_statuses is not null)
        {
            return OfAccountItself(clause, _statuses);
        }
        return clause.Arguments is { } arguments ? OfFunction(clause, arguments, place)
            : Texts.TryGetValue(clause.Name.Text, out var text) ? OfText(clause, text)
            : Numbers.TryGetValue(clause.Name.Text, out var number) ? OfNumber(clause, number)
            : Ages.TryGetValue(clause.Name.Text, out var age) ? OfAge(clause, age)
            : clause.Name.Text.StartsWith(AccountPrefix, StringComparison.Ordinal)
                ? OfAccountField(clause, clause.Name.Text[AccountPrefix.Length..])
            : OfAttribute(clause, WithoutPrefix(clause.Name.Text), place);
    }

    private static Condition OfAccountItself(FilterSyntax.Clause clause, IReadOnlyList<string> statuses)
    {
        if (clause.Arguments is not null)
        {
            throw FilterMistake.At(clause.Name, "a filter of accounts has no functions");
        }
        switch (clause.Name.Text)
        {
            case "account_id":
                return OfText(clause, TextField.AccountId);
            case "status":
                ThrowUnlessAmong(clause, "a status", statuses);
                return OfText(clause, TextField.AccountStatus);
            case SeatsName:
                return OfNumber(clause, NumberField.Seats);
            case "health":
                return OfNumber(clause, NumberField.Health);
            case "customer_count":
                return OfNumber(clause, NumberField.AccountCustomers);
            default:
                return OfAttribute(clause, WithoutPrefix(clause.Name.Text), place: -1);
        }
    }

    private static Condition OfFunction(FilterSyntax.Clause clause, IReadOnlyList<FilterWord> arguments, int place)
    {
        switch (clause.Name.Text)
        {
            case "used":
                ThrowIfCompared(clause);
                return new Used(Only(clause, arguments, "a feature").Text, place);
            case "adjusted":
                ThrowIfCompared(clause);
                return new Adjusted(Only(clause, arguments, "a model").Text);
            case "in_segment":
                ThrowIfCompared(clause);
                return new InSegment(Only(clause, arguments, "a saved segment").Text);
            case "active_days":
                return OfNumber(clause, NumberField.ActiveDays, days: Window(Only(clause, arguments, "days")));
            case "events":
                return OfEvents(clause, NumberField.Events, arguments, place);
            case "quantity":
                return OfEvents(clause, NumberField.Quantity, arguments, place);
            case LastEventName:
                return OfAge(clause, AgeField.LastDayOfType, Only(clause, arguments, "an event type").Text, place);
            case "account":
                return ForAccount(
                    OfAttribute(clause, Only(clause, arguments, "an attribute of accounts").Text, place: -1)
                );
            default:
                var near = new NearestTexts(clause.Name.Text, Functions);
                throw FilterMistake.At(clause.Name, $"no function is named {clause.Name.Text}.{near.Sentence}");
        }
    }

    private static Condition OfEvents(
        FilterSyntax.Clause clause,
        NumberField field,
        IReadOnlyList<FilterWord> arguments,
        int place
    ) =>
        arguments switch
        {
            [var type] => OfNumber(clause, field, type.Text, place: place),
            [var type, var halfLife] => OfNumber(clause, field, type.Text, Days(halfLife), place),
            _ => throw FilterMistake.At(
                clause.Name,
                $"{clause.Name.Text} takes an event type and, if you like, a half-life: {clause.Name.Text}(\"purchase\", 30d)"
            ),
        };

    private static Condition OfAccountField(FilterSyntax.Clause clause, string name) =>
        ForAccount(
            name == SeatsName
                ? OfNumber(clause, NumberField.Seats)
                : OfAttribute(clause, WithoutPrefix(name), place: -1)
        );

    /// <summary>Who has no account does not meet what an account must, and so meets its negation.</summary>
    private static Condition ForAccount(Condition test) =>
        test is Not not ? new Not(new OfAccount(not.Part)) : new OfAccount(test);

    private static string WithoutPrefix(string name) =>
        name.StartsWith(AttributePrefix, StringComparison.Ordinal) ? name[AttributePrefix.Length..] : name;

    private static Condition OfAttribute(FilterSyntax.Clause clause, string key, int place) =>
        OperatorOf(clause).Text is "<" or "<=" or ">" or ">="
            ? OfNumber(clause, NumberField.Attribute, key, place: place)
            : OfText(clause, TextField.Attribute, key, place);

    private static Condition OfText(FilterSyntax.Clause clause, TextField field, string key = "", int place = -1)
    {
        if (field == TextField.Lifecycle)
        {
            ThrowUnlessAmong(
                clause,
                "a lifecycle",
                Enum.GetNames<Lifecycles.Lifecycle>().Select(name => name.ToLowerInvariant())
            );
        }
        string[] values = [.. clause.Values.Select(value => value.Text)];
        switch (OperatorOf(clause).Text)
        {
            case "=" or "IN":
                return new TextTest(field, key, TextOperator.Equals, values, place);
            case "!=":
                return new Not(new TextTest(field, key, TextOperator.Equals, values, place));
            case ":" when clause.Values is [{ Text: "*", IsQuoted: false }]:
                return new TextTest(field, key, TextOperator.IsPresent, [], place);
            case ":":
                return new TextTest(field, key, TextOperator.Contains, values, place);
            default:
                throw Unfit(clause, "=, !=, : and IN");
        }
    }

    private static Condition OfNumber(
        FilterSyntax.Clause clause,
        NumberField field,
        string key = "",
        int days = 0,
        int place = -1
    )
    {
        switch (OperatorOf(clause).Text)
        {
            case "!=":
                return new Not(Test(Order.Equal));
            case "IN":
                return new Any([.. clause.Values.Select(value => TestOf(Order.Equal, value))]);
            case ":":
                throw Unfit(clause, "=, !=, <, <=, >, >= and IN");
            case var order:
                return Test(OrderOf(order));
        }

        Condition Test(Order order) => TestOf(order, clause.Values[0]);

        Condition TestOf(Order order, FilterWord value) =>
            new NumberTest(field, key, days, order, NumberOf(value), place);
    }

    private static AgeTest OfAge(FilterSyntax.Clause clause, AgeField field, string eventType = "", int place = -1)
    {
        if (OperatorOf(clause).Text is "=" or "!=" or ":" or "IN")
        {
            throw Unfit(clause, "<, <=, > and >=");
        }
        var (order, value) = (OrderOf(clause.Operator!.Text), clause.Values[0]);
        if (TryDuration(value.Text, out var age))
        {
            return new AgeTest(field, order, age, Instant: null, eventType, place);
        }
        return DateTimeOffset.TryParseExact(
            value.Text,
            ["yyyy-MM-dd", "yyyy-MM-dd'T'HH:mm:ss.FFFFFFFK", "yyyy-MM-dd'T'HH:mmK"],
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out var time
        )
            ? new AgeTest(field, order, Age: null, Instant.From(time), eventType, place)
            : throw FilterMistake.At(
                value,
                $"{clause.Name.Text} is compared with an age such as 14d, 36h or 2w, or with an instant such as 2026-01-31 or 2026-01-31T12:00:00Z"
            );
    }

    private static FilterWord OperatorOf(FilterSyntax.Clause clause) =>
        clause.Operator
        ?? throw FilterMistake.At(
            clause.Name,
            $"{clause.Name.Text}(...) must be compared with {(clause.Name.Text == LastEventName ? "an age or an instant" : "a number")}"
        );

    private static Order OrderOf(string sign) =>
        sign switch
        {
            "=" => Order.Equal,
            "<" => Order.Less,
            "<=" => Order.LessOrEqual,
            ">" => Order.Greater,
            _ => Order.GreaterOrEqual,
        };

    private static double NumberOf(FilterWord value) =>
        double.TryParse(value.Text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
        && double.IsFinite(number)
            ? number
            : throw FilterMistake.At(value, $"'{value.Text}' is no number");

    /// <summary>Days of a window of active days.</summary>
    private static int Window(FilterWord word) =>
        Days(word) is var days && days <= Limits.ActiveDaysWindow
            ? days
            : throw FilterMistake.At(word, $"active days are kept for {Limits.ActiveDaysWindow} days");

    private static int Days(FilterWord word) =>
        TryDuration(word.Text, out var time) && time.Ticks % TimeSpan.TicksPerDay == 0 && time > TimeSpan.Zero
            ? (int)time.TotalDays
            : throw FilterMistake.At(word, $"whole days are expected, such as 30d");

    private static bool TryDuration(string text, out TimeSpan duration)
    {
        duration = default;
        var unit = text is [.., var last]
            ? last switch
            {
                'w' => 7 * TimeSpan.TicksPerDay,
                'd' => TimeSpan.TicksPerDay,
                'h' => TimeSpan.TicksPerHour,
                'm' => TimeSpan.TicksPerMinute,
                's' => TimeSpan.TicksPerSecond,
                _ => 0,
            }
            : 0;
        if (
            unit == 0
            || !decimal.TryParse(
                text[..^1],
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var count
            )
            || count > (decimal)Limits.FilterAgeDays * TimeSpan.TicksPerDay / unit
        )
        {
            return false;
        }
        duration = new TimeSpan((long)(count * unit));
        return true;
    }

    private static FilterWord Only(FilterSyntax.Clause clause, IReadOnlyList<FilterWord> arguments, string what) =>
        arguments is [var only] ? only : throw FilterMistake.At(arguments[1], $"{clause.Name.Text} takes {what} alone");

    private static void ThrowIfCompared(FilterSyntax.Clause clause)
    {
        if (clause.Operator is { } sign)
        {
            throw FilterMistake.At(sign, $"{clause.Name.Text}(...) stands alone or behind NOT");
        }
    }

    private static void ThrowUnlessAmong(FilterSyntax.Clause clause, string what, IEnumerable<string> known)
    {
        string[] names = [.. known];
        if (
            clause.Operator is { Text: not ":" }
            && clause.Values.FirstOrDefault(value => !names.Contains(value.Text)) is { } odd
        )
        {
            throw FilterMistake.At(odd, $"{what} is {string.Join(", ", names[..^1])} or {names[^1]}");
        }
    }

    private static ScoringException Unfit(FilterSyntax.Clause clause, string those) =>
        FilterMistake.At(clause.Operator!, $"{clause.Name.Text} takes {those}");
}
