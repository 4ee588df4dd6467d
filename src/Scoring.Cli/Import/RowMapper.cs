using System.Globalization;
using Google.Protobuf;
using Google.Protobuf.Collections;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Import.Mapping;
using Scoring.V1;

namespace Scoring.Cli.Import;

/// <summary>Makes accounts, customers and events of rows.</summary>
internal static class RowMapper
{
    /// <summary>The account, customer or event that a rule makes of a row; null when the row is rejected.</summary>
    public static IMessage? Map(Rule rule, RowScope scope)
    {
        IMessage element = rule.Kind switch
        {
            RuleKind.Account => AccountOf(rule, scope),
            RuleKind.Customer => CustomerOf(rule, scope),
            _ => EventOf(rule, scope),
        };
        return scope.Rejection is null ? element : null;
    }

    private static Account AccountOf(Rule rule, RowScope scope)
    {
        var account = new Account { AccountId = rule.Required("id", scope) };
        var seats = rule.Optional("seats", scope);
        if (int.TryParse(seats, NumberStyles.Integer, CultureInfo.InvariantCulture, out var number))
        {
            account.SeatCount = number;
        }
        else if (seats.Length > 0)
        {
            scope.Reject(RowRejection.BadNumber, $"'{seats}' is not a whole number ({rule.Values["seats"].Field})");
        }

        AddAttributes(rule, scope, account.Attributes);
        return account;
    }

    private static Customer CustomerOf(Rule rule, RowScope scope)
    {
        var customer = new Customer
        {
            CustomerId = rule.Required("id", scope),
            AccountId = rule.Optional("account", scope),
        };
        AddAttributes(rule, scope, customer.Attributes);
        return customer;
    }

    private static Event EventOf(Rule rule, RowScope scope)
    {
        var item = new Event
        {
            Type = rule.Required("type", scope),
            EventId = rule.Required("id", scope),
            CustomerId = rule.Required("customer", scope),
            AccountId = rule.Optional("account", scope),
            Feature = rule.Optional("feature", scope),
        };
        var at = rule.Required("at", scope);
        if (scope.Rejection is null)
        {
            item.OccurredAt = Timestamp.FromDateTimeOffset(scope.ReadInstant(rule.Values["at"].Field, at));
            // Where it comes from it was known, if not from then on, soon.
            item.KnownAt =
                rule.Optional("known_at", scope) is { Length: > 0 } known && scope.Rejection is null
                    ? Timestamp.FromDateTimeOffset(scope.ReadInstant(rule.Values["known_at"].Field, known))
                    : item.OccurredAt;
        }

        if (rule.Values.TryGetValue("value", out var value))
        {
            // Required: an absent value would count as 1, which an empty column does not say.
            var text = value.EvaluateRequired(scope);
            if (
                double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number)
                && double.IsFinite(number)
            )
            {
                item.Value = number;
            }
            else
            {
                scope.Reject(RowRejection.BadNumber, $"'{text}' is not a number ({value.Field})");
            }
        }

        return item;
    }

    private static void AddAttributes(Rule rule, RowScope scope, MapField<string, string> attributes)
    {
        foreach (var (name, value) in rule.Attributes)
        {
            // An empty attribute would remove one; a row that does not know it leaves it as it is.
            if (value.Evaluate(scope) is { Length: > 0 } text)
            {
                attributes[name] = text;
            }
        }
    }
}
