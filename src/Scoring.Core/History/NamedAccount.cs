using System.Text;
using Scoring.Core.Populations;

namespace Scoring.Core.History;

/// <summary>An account as records of customers name it: nobody else can have belonged to it.</summary>
/// <param name="accountId">The account.</param>
internal sealed class NamedAccount(string accountId)
{
    private readonly byte[] _utf8 = Encoding.UTF8.GetBytes(accountId);

    /// <summary>Whether a customer's records name it.</summary>
    /// <exception cref="InvalidDataException">A record is malformed.</exception>
    public bool IsNamedBy(CustomerPast past) =>
        past.Events.Any(item => item.AccountId == accountId) || past.Changes.Any(IsNamedBy);

    /// <summary>Whether a change may have made the customer belong to the account.</summary>
    private bool IsNamedBy(PastChange change) =>
        change.Kind switch
        {
            ChangeKind.Update => ChangeCodec.ReadUpdate("", change.Content.Span).AccountId == accountId,
            ChangeKind.Opening or ChangeKind.Adoption => new StoredCustomer(
                change.Content.Span,
                new(StringComparer.Ordinal)
            ).Account.SequenceEqual(_utf8),
            _ => false,
        };
}
