using System.Buffers;
using Scoring.Core.Filters;
using Scoring.Core.Recording;
using Scoring.Core.Serialization;

namespace Scoring.Core.Accounts;

/// <summary>What is known of an account beside its customers.</summary>
/// <param name="accountId">The account.</param>
public sealed class AccountRecord(string accountId)
{
    private const byte RecordVersion = 1;
    private readonly SortedDictionary<string, string> _attributes = new(StringComparer.Ordinal);

    /// <summary>The account.</summary>
    public string AccountId { get; } = accountId;

    /// <summary>A copy, which later changes leave as it is.</summary>
    public AccountRecord Clone()
    {
        var copy = new AccountRecord(AccountId) { Seats = Seats };
        foreach (var (key, value) in _attributes)
        {
            copy._attributes.Add(key, value);
        }
        return copy;
    }

    /// <summary>Seats that it pays for; null when unknown.</summary>
    public int? Seats { get; private set; }

    /// <summary>Its attributes, by key (ordinal).</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes => [.. _attributes];

    /// <summary>Whether it meets a condition on accounts; see <see cref="Condition.OfAccount"/>.</summary>
    public bool Meets(Condition condition) =>
        condition switch
        {
            Condition.Any any => any.Parts.Any(Meets),
            Condition.TextTest text => _attributes.TryGetValue(text.Key, out var value) && text.Passes(value),
            Condition.NumberTest { Field: NumberField.Seats } seats => Seats is { } count && seats.Passes(count),
            Condition.NumberTest number => _attributes.TryGetValue(number.Key, out var value) && number.Passes(value),
            _ => throw new ArgumentException("No condition on accounts.", nameof(condition)),
        };

    /// <summary>Makes a change.</summary>
    /// <param name="update">The change; validated.</param>
    /// <param name="index">Place of the update in its batch.</param>
    /// <returns>Null when the change was made; otherwise why not.</returns>
    public Rejection? Apply(AccountUpdate update, int index)
    {
        var change = update.Attributes.Sum(a =>
            (a.Value.Length > 0 ? 1 : 0) - (_attributes.ContainsKey(a.Key) ? 1 : 0)
        );
        if (change > 0 && _attributes.Count + change > Limits.Attributes)
        {
            var message =
                $"An account has at most {Limits.Attributes} attributes; remove some by giving them an empty value.";
            return new Rejection(index, RejectionReason.LimitExceeded, "attributes", message);
        }
        Seats = update.Seats ?? Seats;
        foreach (var (key, value) in update.Attributes)
        {
            if (value.Length == 0)
            {
                _attributes.Remove(key);
            }
            else
            {
                _attributes[key] = value;
            }
        }
        return null;
    }

    /// <summary>Removes attributes; false when it has none of them.</summary>
    public bool Remove(IReadOnlyList<string> keys)
    {
        var removed = false;
        foreach (var key in keys)
        {
            removed |= _attributes.Remove(key);
        }
        return removed;
    }

    /// <summary>Writes the account in its stored form.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        writer.Byte(RecordVersion);
        writer.Text(AccountId);
        writer.Int32(Seats ?? -1);
        writer.Count(_attributes.Count);
        foreach (var (key, value) in _attributes)
        {
            writer.Text(key);
            writer.Text(value);
        }
    }

    /// <summary>Reads an account from its stored form.</summary>
    /// <exception cref="InvalidDataException">The bytes are not an account.</exception>
    public static AccountRecord Read(ReadOnlySpan<byte> encoded)
    {
        var reader = new RecordReader(encoded);
        if (reader.Byte() is var version and not RecordVersion)
        {
            throw new InvalidDataException(
                $"An account is stored in version {version}; this program reads version {RecordVersion}."
            );
        }
        var account = new AccountRecord(reader.String());
        account.Seats = reader.Int32() is var seats and >= 0 ? seats : null;
        for (var left = reader.Count(); left > 0; left--)
        {
            account._attributes[reader.String()] = reader.String();
        }
        return reader.AtEnd ? account : throw new InvalidDataException("An account's record has bytes left over.");
    }
}
