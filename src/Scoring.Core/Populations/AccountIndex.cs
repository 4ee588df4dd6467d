using System.Text;
using Scoring.Core.Facts;

namespace Scoring.Core.Populations;

/// <summary>Which customers belong to which account.</summary>
internal sealed class AccountIndex
{
    private readonly Dictionary<byte[], Members> _accounts = new(Utf8Comparer.Instance);
    private readonly Dictionary<byte[], Members>.AlternateLookup<ReadOnlySpan<byte>> _byUtf8;
    private readonly List<Place> _places = [];

    public AccountIndex() => _byUtf8 = _accounts.GetAlternateLookup<ReadOnlySpan<byte>>();

    /// <summary>Makes room for one more row, which belongs to no account.</summary>
    public void AddRow() => _places.Add(default);

    /// <summary>The account of a row; empty when it has none.</summary>
    public string AccountOf(int row) => _places[row].Members?.AccountId ?? "";

    /// <summary>The rows of an account.</summary>
    public IReadOnlyList<int> RowsOf(string accountId) =>
        _byUtf8.TryGetValue(Encoding.UTF8.GetBytes(accountId), out var members) ? members.Rows : [];

    /// <summary>Moves a row into an account, out of the one that it belonged to.</summary>
    public void Assign(int row, ReadOnlySpan<byte> accountId)
    {
        if (!_byUtf8.TryGetValue(accountId, out var members))
        {
            members = new Members(Encoding.UTF8.GetString(accountId));
            _byUtf8[accountId] = members;
        }
        if (_places[row].Members != members)
        {
            Leave(row);
            _places[row] = new Place(members, members.Rows.Count);
            members.Rows.Add(row);
        }
    }

    /// <summary>Takes a row out of its account: the account's last row moves into its place.</summary>
    private void Leave(int row)
    {
        if (_places[row] is not { Members: { } old, Index: var index })
        {
            return;
        }
        var last = old.Rows[^1];
        old.Rows[index] = last;
        _places[last] = new Place(old, index);
        old.Rows.RemoveAt(old.Rows.Count - 1);
    }

    private sealed class Members(string accountId)
    {
        public string AccountId { get; } = accountId;

        public List<int> Rows { get; } = [];
    }

    private readonly record struct Place(Members? Members, int Index);
}
