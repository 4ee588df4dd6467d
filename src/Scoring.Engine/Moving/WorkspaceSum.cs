using System.Globalization;
using System.IO.Hashing;
using Scoring.Core.Populations;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Moving;

/// <summary>How much there is in a workspace, and digests of all of it, which are the same whatever partition and order it lies in.</summary>
/// <param name="name">The workspace.</param>
internal sealed class WorkspaceSum(string name)
{
    private readonly Dictionary<string, long> _events = new(StringComparer.Ordinal);
    private ulong _facts;
    private ulong _accountFacts;

    /// <summary>Number of customers.</summary>
    public long Customers { get; private set; }

    /// <summary>Number of accounts that were upserted.</summary>
    public long Accounts { get; private set; }

    /// <summary>Events that customers were counted for.</summary>
    public long Events => _events.Values.Sum();

    /// <summary>Adds a customer in its stored form.</summary>
    /// <exception cref="InvalidDataException">The bytes are no customer.</exception>
    public StoredCustomer AddCustomer(ReadOnlySpan<byte> encoded)
    {
        var customer = new StoredCustomer(encoded, _events);
        Customers++;
        _facts += customer.Digest;
        return customer;
    }

    /// <summary>Adds an account in its stored form.</summary>
    public void AddAccount(ReadOnlySpan<byte> encoded)
    {
        Accounts++;
        _accountFacts += XxHash3.HashToUInt64(encoded);
    }

    /// <summary>In what a copy differs; null for nothing.</summary>
    public string? DifferenceTo(WorkspaceSum copy)
    {
        foreach (var type in _events.Keys.Union(copy._events.Keys).Order(StringComparer.Ordinal))
        {
            var (here, there) = (_events.GetValueOrDefault(type), copy._events.GetValueOrDefault(type));
            if (here != there)
            {
                return Difference($"events of the type '{type}'", here, there);
            }
        }
        return Customers != copy.Customers ? Difference("customers", Customers, copy.Customers)
            : Accounts != copy.Accounts ? Difference("accounts", Accounts, copy.Accounts)
            : _facts != copy._facts ? $"what is known of customers of the workspace '{name}' is not the same"
            : _accountFacts != copy._accountFacts
                ? $"what is known of accounts of the workspace '{name}' is not the same"
            : null;
    }

    public void Write(BlobWriter target)
    {
        target.Int64(Customers);
        target.Int64(Accounts);
        target.Int64(unchecked((long)_facts));
        target.Int64(unchecked((long)_accountFacts));
        target.Int32(_events.Count);
        foreach (var (type, count) in _events)
        {
            target.Text(type);
            target.Int64(count);
        }
    }

    /// <exception cref="InvalidDataException">The content is malformed.</exception>
    public static WorkspaceSum Read(string name, ref BlobReader reader)
    {
        var sum = new WorkspaceSum(name)
        {
            Customers = reader.Int64(),
            Accounts = reader.Int64(),
            _facts = unchecked((ulong)reader.Int64()),
            _accountFacts = unchecked((ulong)reader.Int64()),
        };
        for (var left = reader.Int32(); left > 0; left--)
        {
            sum._events.Add(reader.Text(), reader.Int64());
        }
        return sum;
    }

    private string Difference(string what, long here, long there) =>
        string.Create(
            CultureInfo.InvariantCulture,
            $"there are {here} {what} in the workspace '{name}', and {there} in the copy"
        );
}
