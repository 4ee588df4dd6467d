namespace Scoring.Core.Accounts;

/// <summary>All that is known of an account, or what one host knows of it.</summary>
/// <param name="AccountId">The account.</param>
/// <param name="IsUpserted">Whether it was upserted; otherwise it is known by its customers alone.</param>
/// <param name="Seats">Seats that it pays for; null when unknown.</param>
/// <param name="Attributes">Its attributes, by key (ordinal).</param>
/// <param name="Customers">Customers that belong to it.</param>
public sealed record AccountDetails(
    string AccountId,
    bool IsUpserted,
    int? Seats,
    IReadOnlyList<KeyValuePair<string, string>> Attributes,
    long Customers
)
{
    /// <summary>Whether anything is known of the account.</summary>
    public bool IsKnown => IsUpserted || Customers > 0;

    /// <summary>Of what several hosts know of an account, all of it. The account was upserted at one of them, if at all.</summary>
    public static AccountDetails Merge(IReadOnlyCollection<AccountDetails> parts)
    {
        var upserted = parts.FirstOrDefault(part => part.IsUpserted) ?? parts.First();
        return upserted with { Customers = parts.Sum(part => part.Customers) };
    }
}
