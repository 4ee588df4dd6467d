using System.Buffers;
using Scoring.Core.Accounts;
using Scoring.Core.Recording;

namespace Scoring.Engine.Partitions;

/// <summary>The accounts of one workspace in one partition, in rows that are only added. Not thread safe.</summary>
internal sealed class AccountShelf
{
    private readonly Dictionary<string, int> _rows = new(StringComparer.Ordinal);
    private readonly List<AccountRecord> _accounts = [];

    public int Count => _accounts.Count;

    /// <summary>All accounts.</summary>
    public IEnumerable<AccountRecord> All => _accounts;

    public AccountRecord this[int row] => _accounts[row];

    /// <summary>The row of an account; -1 when it was never upserted.</summary>
    public int Find(string accountId) => _rows.GetValueOrDefault(accountId, -1);

    /// <summary>Adds or changes an account; null when that was done, else why not.</summary>
    public Rejection? Upsert(AccountUpdate update, int index, out int row)
    {
        row = Find(update.AccountId);
        var account = row < 0 ? new AccountRecord(update.AccountId) : _accounts[row];
        if (account.Apply(update, index) is { } rejection)
        {
            return rejection;
        }
        row = row < 0 ? Add(account) : row;
        return null;
    }

    /// <summary>Adds an account that was stored.</summary>
    /// <exception cref="InvalidDataException">It is there already.</exception>
    public int Load(AccountRecord account) =>
        Find(account.AccountId) < 0 ? Add(account) : throw new InvalidDataException("An account is stored twice.");

    /// <summary>Writes an account as it is stored.</summary>
    public void Write(int row, IBufferWriter<byte> target) => _accounts[row].Write(target);

    private int Add(AccountRecord account)
    {
        _rows.Add(account.AccountId, _accounts.Count);
        _accounts.Add(account);
        return _accounts.Count - 1;
    }
}
