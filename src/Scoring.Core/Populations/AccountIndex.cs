using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Text;
using Scoring.Core.Memory;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>Which customers belong to which account. A row's account stands in its facts' slab; its place among the members here.</summary>
/// <remarks>
/// Assignments carry their time and the newest holds, in whatever order they come; of two at the same instant the later in the log. The time
/// of the one that holds takes 8 bytes of every row, once there are accounts. An account that its last customer has left is
/// forgotten: it counts for no bound.
/// </remarks>
internal sealed class AccountIndex(FactsTable facts)
{
    private static readonly ConditionalWeakTable<IReadOnlyList<string>, IdTable> Tables = [];

    private readonly IdTable _accounts = new();
    private readonly List<List<int>> _members = [];
    private readonly Column<int> _places = new();
    private readonly Column<Instant> _since = new();
    private int _rows;

    /// <summary>The account of a row; empty when it has none.</summary>
    public string AccountOf(int row) => Encoding.UTF8.GetString(Utf8AccountOf(row));

    /// <summary>The account of a row in UTF-8; empty when it has none.</summary>
    public ReadOnlySpan<byte> Utf8AccountOf(int row) =>
        facts.AccountOf(row) is var account and > 0 ? _accounts[account - 1] : [];

    /// <summary>The rows of an account.</summary>
    public ReadOnlySpan<int> RowsOf(string accountId) =>
        _accounts.Find(Encoding.UTF8.GetBytes(accountId)) is var account and >= 0
            ? CollectionsMarshal.AsSpan(_members[account])
            : [];

    /// <summary>Numbers that accounts have; of some there are no rows any more.</summary>
    public int Numbers => _members.Count;

    /// <summary>The rows of the account of a number.</summary>
    public ReadOnlySpan<int> RowsOf(int account) => CollectionsMarshal.AsSpan(_members[account]);

    /// <summary>The id of the account of a number that has rows, in UTF-8.</summary>
    public ReadOnlySpan<byte> IdOf(int account) => _accounts[account];

    /// <summary>The rows of some accounts.</summary>
    public IEnumerable<int> RowsOf(IReadOnlyList<string> accountIds)
    {
        if (accountIds.Count <= _accounts.Count)
        {
            return accountIds
                .Select(id => _accounts.Find(Encoding.UTF8.GetBytes(id)))
                .Where(account => account >= 0)
                .SelectMany(account => _members[account]);
        }
        // Every population looks for its own few among all.
        var wanted = Tables.GetValue(accountIds, TableOf);
        return _members
            .Where((members, account) => members.Count > 0 && wanted.Find(_accounts[account]) >= 0)
            .SelectMany(members => members);
    }

    /// <summary>Whether an account has customers or may be added within bounds; true for none.</summary>
    public bool HasRoomFor(ReadOnlySpan<byte> accountId, PopulationBounds bounds) =>
        accountId.IsEmpty || _accounts.HasRoomFor(accountId, bounds.Accounts, bounds.IdBytes);

    /// <summary>The time of the assignment that holds for a row; <see cref="Instant.MinValue"/> when there is none.</summary>
    public Instant AssignedAt(int row) => facts.AccountOf(row) > 0 ? _since[row] : Instant.MinValue;

    /// <summary>Asks for what <see cref="Assign"/> compares.</summary>
    public void Prefetch(int row)
    {
        if (row < _rows)
        {
            _since.Prefetch(row);
        }
    }

    /// <summary>Moves a row into an account, out of the one that it belonged to, unless an assignment of a later time holds.</summary>
    public void Assign(int row, ReadOnlySpan<byte> accountId, Instant at)
    {
        var current = facts.AccountOf(row);
        if (current > 0 && at < _since[row])
        {
            return;
        }
        if (row >= _rows)
        {
            _rows = row + 1;
            _places.EnsureRows(_rows);
            _since.EnsureRows(_rows);
        }
        _since[row] = at;
        if (current > 0 && _accounts[current - 1].SequenceEqual(accountId))
        {
            return;
        }
        var hash = TextHash.Of(accountId);
        var account = _accounts.Find(accountId, hash);
        if (account < 0)
        {
            account = _accounts.Add(accountId, hash);
            if (account == _members.Count)
            {
                _members.Add([]);
            }
        }
        if (current > 0)
        {
            Leave(row, current - 1);
        }
        facts.SetAccount(row, account + 1);
        _places[row] = _members[account].Count;
        Add(_members[account], row);
    }

    /// <summary>Takes a row out of its account, if it has one.</summary>
    public void Remove(int row)
    {
        if (facts.AccountOf(row) is var account and > 0)
        {
            Leave(row, account - 1);
            facts.SetAccount(row, account: 0);
        }
    }

    /// <summary>Takes a row out of its account: the account's last row moves into its place.</summary>
    private void Leave(int row, int account)
    {
        var members = _members[account];
        var place = _places[row];
        var last = members[^1];
        members[place] = last;
        _places[last] = place;
        members.RemoveAt(members.Count - 1);
        if (members.Count <= members.Capacity / 4)
        {
            members.TrimExcess();
        }
        if (members.Count == 0)
        {
            _accounts.Remove(account);
        }
    }

    private static IdTable TableOf(IReadOnlyList<string> ids)
    {
        var table = new IdTable();
        foreach (var id in ids)
        {
            var utf8 = Encoding.UTF8.GetBytes(id);
            var hash = TextHash.Of(utf8);
            if (table.Find(utf8, hash) < 0)
            {
                table.Add(utf8, hash);
            }
        }
        return table;
    }

    private static void Add(List<int> members, int row)
    {
        if (members.Count == members.Capacity)
        {
            // Twice as much, as the list would take, is more than most need.
            members.Capacity = members.Count + 1 + (members.Count / 2);
        }
        members.Add(row);
    }
}
