using System.Globalization;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Import.Mapping;
using Scoring.V1;

namespace Scoring.Cli.Import;

/// <summary>Makes accounts, customers and events of rows.</summary>
internal static class RowMapper
{
    /// <summary>The account that a rule makes of a row; null when the row is rejected.</summary>
    public static Account? Map(AccountRule rule, RowScope scope)
    {
        var account = new Account { AccountId = rule.Id.EvaluateRequired(scope) };
        var seats = rule.Seats?.Evaluate(scope) ?? "";
        if (seats.Length > 0)
        {
            if (int.TryParse(seats, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
            {
                account.SeatCount = number;
            }
            else
            {
                scope.Reject(RowRejection.BadNumber, $"'{seats}' is not a whole number ({rule.Seats!.Field})");
            }
        }

        AddAttributes(rule.Attributes, scope, account.Attributes);
        return scope.Rejection is null ? account : null;
    }

    /// <summary>The customer that a rule makes of a row; null when the row is rejected.</summary>
    public static Customer? Map(CustomerRule rule, RowScope scope)
    {
        var customer = new Customer
        {
            CustomerId = rule.Id.EvaluateRequired(scope),
            AccountId = rule.Account?.Evaluate(scope) ?? "",
        };
        AddAttributes(rule.Attributes, scope, customer.Attributes);
        return scope.Rejection is null ? customer : null;
    }

    /// <summary>The event that a rule makes of a row; null when the row is rejected.</summary>
    public static Event? Map(EventRule rule, RowScope scope)
    {
        var mapped = new Event
        {
            Type = rule.Type.EvaluateRequired(scope),
            EventId = rule.Id.EvaluateRequired(scope),
            CustomerId = rule.Customer.EvaluateRequired(scope),
            AccountId = rule.Account?.Evaluate(scope) ?? "",
            Feature = rule.Feature?.Evaluate(scope) ?? "",
        };
        var at = rule.At.EvaluateRequired(scope);
        if (scope.Rejection is null)
        {
            mapped.OccurredAt = Timestamp.FromDateTimeOffset(scope.ReadInstant(rule.At.Field, at));
        }

        if (rule.Value is not null)
        {
            // Required: an absent value would count as 1, which an empty column does not say.
            var text = rule.Value.EvaluateRequired(scope);
            if (
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var value)
                && double.IsFinite(value)
            )
            {
                mapped.Value = value;
            }
            else
            {
                scope.Reject(RowRejection.BadNumber, $"'{text}' is not a number ({rule.Value.Field})");
            }
        }

        return scope.Rejection is null ? mapped : null;
    }

    private static void AddAttributes(
        IReadOnlyDictionary<string, MappedValue> rules,
        RowScope scope,
        MapField<string, string> attributes
    )
    {
        foreach (var (name, rule) in rules)
        {
            // An empty attribute would remove one; a row that does not know it leaves it as it is.
            if (rule.Evaluate(scope) is { Length: > 0 } text)
            {
                attributes[name] = text;
            }
        }
    }
}
