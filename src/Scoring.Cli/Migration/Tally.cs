namespace Scoring.Cli.Migration;

/// <summary>What went from one store to another, or was found there.</summary>
internal sealed class Tally
{
    private Fingerprint _customers;
    private Fingerprint _accounts;
    private Fingerprint _eventIds;

    public Fingerprint Customers => _customers;

    public Fingerprint EventIds => _eventIds;

    public void AddCustomer(string workspace, ReadOnlySpan<byte> record) => _customers.Add(workspace, record);

    public void AddAccount(string workspace, ReadOnlySpan<byte> record) => _accounts.Add(workspace, record);

    public void AddEventId(UInt128 key, ulong content, long receivedTicks) =>
        _eventIds.Add(key, content, receivedTicks);

    /// <summary>Throws when the target holds something else than the source.</summary>
    /// <exception cref="Terminal.CommandFailedException">It does.</exception>
    public void RequireSame(Tally target)
    {
        Require("customers", _customers, target._customers);
        Require("accounts", _accounts, target._accounts);
        Require("event ids", _eventIds, target._eventIds);
    }

    private static void Require(string what, Fingerprint source, Fingerprint target)
    {
        if (!source.Equals(target))
        {
            throw new Terminal.CommandFailedException(
                $"the {what} that were read back are not those that were written ({target.Count}, checksum {target.Checksum}, "
                    + $"instead of {source.Count}, {source.Checksum}). Nothing was kept; look at the disks, then run this again"
            );
        }
    }
}
