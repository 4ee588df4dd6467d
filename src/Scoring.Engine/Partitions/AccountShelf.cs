using System.Buffers;
using Scoring.Core.Accounts;
using Scoring.Core.Recording;

namespace Scoring.Engine.Partitions;

/// <summary>The accounts of one workspace in one partition, in rows that never move; that of one that is deleted is the next new one's. Not thread safe.</summary>
internal sealed class AccountShelf
{
    private readonly Dictionary<string, int> _rows = new(StringComparer.Ordinal);
    private readonly List<AccountRecord?> _accounts = [];
    private readonly Stack<int> _deleted = [];

    /// <summary>How many accounts there are.</summary>
    public int Count => _rows.Count;

    /// <summary>How many rows there are: those of accounts, and those of deleted ones.</summary>
    public int Rows => _accounts.Count;

    /// <summary>All accounts.</summary>
    public IEnumerable<AccountRecord> All => _accounts.OfType<AccountRecord>();

    /// <summary>The account in a row; null where one was deleted.</summary>
    public AccountRecord? this[int row] => _accounts[row];

    /// <summary>The row of an account; -1 when it was never upserted.</summary>
    public int Find(string accountId) => _rows.GetValueOrDefault(accountId, -1);

    /// <summary>Adds or changes an account; null when that was done, else why not.</summary>
    public Rejection? Upsert(AccountUpdate update, int index, out int row)
    {
        row = Find(update.AccountId);
        var account = row < 0 ? new AccountRecord(update.AccountId) : _accounts[row]!;
        if (account.Apply(update, index) is { } rejection)
        {
            return rejection;
        }
        row = row < 0 ? Add(account) : row;
        return null;
    }

    /// <summary>Deletes the account in a row.</summary>
    public void Delete(int row)
    {
        _rows.Remove(_accounts[row]!.AccountId);
        _accounts[row] = null;
        _deleted.Push(row);
    }

    /// <summary>Adds an account that was stored, or the row of one that was deleted, behind all others.</summary>
    /// <exception cref="InvalidDataException">It is there already.</exception>
    public int Load(AccountRecord? account)
    {
        if (account is null)
        {
            _deleted.Push(Rows);
        }
        else if (!_rows.TryAdd(account.AccountId, Rows))
        {
            throw new InvalidDataException("An account is stored twice.");
        }
        _accounts.Add(account);
        return Rows - 1;
    }

    /// <summary>Writes an account as it is stored; one that was deleted as nothing.</summary>
    public void Write(int row, IBufferWriter<byte> target) => _accounts[row]?.Write(target);

    private int Add(AccountRecord account)
    {
        if (!_deleted.TryPop(out var row))
        {
            return Load(account);
        }
        _rows.Add(account.AccountId, row);
        _accounts[row] = account;
        return row;
    }
}
