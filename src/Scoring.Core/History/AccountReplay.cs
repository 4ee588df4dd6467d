using Scoring.Core.Accounts;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>Brings one account's past back, forward in time: at an instant those changes count that were received up to it and up to what is known.</summary>
/// <param name="past">The account's past.</param>
/// <param name="knownAt">What was received later is left out; null for nothing.</param>
public sealed class AccountReplay(AccountPast past, Instant? knownAt = null)
{
    private int _next;

    /// <summary>The account as it was; null before it was upserted.</summary>
    public AccountRecord? Record { get; private set; }

    /// <summary>Goes on to an instant.</summary>
    /// <param name="instant">The instant; not before the one that it was brought to last.</param>
    /// <exception cref="InvalidDataException">A record is malformed.</exception>
    public void MoveTo(Instant instant)
    {
        for (; _next < past.Changes.Count && IsKnown(past.Changes[_next], instant); _next++)
        {
            Make(past.Changes[_next]);
        }
    }

    private bool IsKnown(PastChange change, Instant instant) =>
        change.Kind == ChangeKind.AccountOpening || (change.ReceivedAt <= instant && !(change.ReceivedAt > knownAt));

    private void Make(PastChange change)
    {
        switch (change.Kind)
        {
            case ChangeKind.AccountOpening:
                Record = AccountRecord.Read(change.Content.Span);
                break;
            case ChangeKind.AccountUpdate:
                Record ??= new(past.AccountId);
                Record.Apply(ChangeCodec.ReadAccountUpdate(past.AccountId, change.Content.Span), index: 0);
                break;
            default:
                throw new InvalidDataException($"A change of an account is of the unknown kind {(int)change.Kind}.");
        }
    }
}
