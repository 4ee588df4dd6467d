using Scoring.Core.Accounts;

namespace Scoring.Core.History;

/// <summary>One of the steps by which an account is brought from one instant to another.</summary>
/// <param name="Kind">What is changed in it.</param>
/// <param name="Subject">The event type; empty for what is not about one.</param>
/// <param name="Customers">Customers who come, go or are merged in it.</param>
/// <param name="Events">Events that occur in it.</param>
/// <param name="Tally">The account's customers after it.</param>
public sealed record AccountChangeStep(
    AccountChangeKind Kind,
    string Subject,
    long Customers,
    long Events,
    AccountTally Tally
);
