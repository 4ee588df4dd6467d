namespace Scoring.Engine.Archive;

/// <summary>Numbers accounts anew, for events that come from several chunks or files, or go into another one.</summary>
internal sealed class AccountNumbers
{
    private readonly NameNumbers _ids = new();

    /// <summary>The ids of the accounts by number.</summary>
    public IReadOnlyList<string> Ids => _ids.Names;

    /// <summary>Gives the accounts of events the numbers that they have here.</summary>
    /// <param name="events">Events of one customer.</param>
    /// <param name="names">What the numbers stand for that they have.</param>
    public void Renumber(Span<ArchivedEvent> events, IArchiveNames names)
    {
        // Most are of the account that the one before was of.
        var (account, number) = (ArchivedEvent.NoName, ArchivedEvent.NoName);
        foreach (ref var item in events)
        {
            if (item.Account != account)
            {
                account = item.Account;
                number = account < 0 ? ArchivedEvent.NoName : _ids.NumberOf(names.Account(account));
            }
            if (number != account)
            {
                item = item with { Account = number };
            }
        }
    }

    public void Clear() => _ids.Clear();
}
