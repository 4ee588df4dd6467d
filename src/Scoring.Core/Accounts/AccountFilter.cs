using System.Text.Json;
using Scoring.Core.Filters;

namespace Scoring.Core.Accounts;

/// <summary>
/// Filters of accounts: by their attributes, <c>account_id</c>, <c>seats</c>, <c>customer_count</c>, <c>health</c> and <c>status</c>, for example
/// <c>industry = "retail" AND status = churning AND seats >= 20</c>.
/// </summary>
public static class AccountFilter
{
    private static readonly string[] Statuses = [.. Enum.GetValues<AccountStatus>().Select(NameOf)];

    /// <summary>Reads a filter; empty for all accounts.</summary>
    /// <exception cref="ScoringException">As of <see cref="Filter.Parse"/>.</exception>
    public static Filter Parse(string text) => Filter.ParseForAccounts(text, Statuses);

    /// <summary>Whether an account meets a condition of such a filter. What is absent meets no test.</summary>
    public static bool Passes(AccountHealth account, Condition condition) =>
        condition switch
        {
            Condition.All all => all.Parts.All(part => Passes(account, part)),
            Condition.Any any => any.Parts.Any(part => Passes(account, part)),
            Condition.Not not => !Passes(account, not.Part),
            Condition.TextTest text => text.Passes(
                text.Field switch
                {
                    TextField.AccountId => account.AccountId,
                    TextField.AccountStatus => NameOf(account.Status),
                    _ => AttributeOf(account, text.Key),
                }
            ),
            Condition.NumberTest { Field: NumberField.Attribute } number => number.Passes(
                AttributeOf(account, number.Key)
            ),
            Condition.NumberTest number => NumberOf(account, number.Field) is { } value && number.Passes(value),
            _ => throw new ArgumentException("No condition on accounts.", nameof(condition)),
        };

    private static string NameOf(AccountStatus status) =>
        JsonNamingPolicy.SnakeCaseLower.ConvertName(status.ToString());

    private static string AttributeOf(AccountHealth account, string key) =>
        account.Attributes.FirstOrDefault(attribute => attribute.Key == key).Value ?? "";

    private static double? NumberOf(AccountHealth account, NumberField field) =>
        field switch
        {
            NumberField.Health => account.Score,
            NumberField.Seats => account.Breadth.Seats,
            _ => account.Customers,
        };
}
