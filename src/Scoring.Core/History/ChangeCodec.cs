using System.Buffers;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Serialization;

namespace Scoring.Core.History;

/// <summary>The stored forms of what changes say. An adoption and an opening hold a customer in its stored form (<see cref="Populations.Population.Write"/>), leaving an account nothing, the opening of an account that in its stored form.</summary>
public static class ChangeCodec
{
    // No adjustment begins with it.
    private const byte Removal = 0;
    private const int NoSeats = -1;

    /// <summary>The form of an update: the account, then the attributes. The customer is known.</summary>
    public static byte[] Of(CustomerUpdate update)
    {
        var target = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(target);
        writer.Text(update.AccountId);
        Write(update.Attributes, ref writer);
        return target.WrittenSpan.ToArray();
    }

    /// <summary>Reads an update of a customer.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static CustomerUpdate ReadUpdate(string customerId, ReadOnlySpan<byte> content)
    {
        var reader = new RecordReader(content);
        var account = reader.String();
        var attributes = ReadAttributes(ref reader);
        return reader.AtEnd ? new(customerId, account, attributes) : throw LeftOver("An update");
    }

    /// <summary>The form of an update of an account: the seats, then the attributes. The account is known.</summary>
    public static byte[] Of(AccountUpdate update)
    {
        var target = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(target);
        writer.Int32(update.Seats ?? NoSeats);
        Write(update.Attributes, ref writer);
        return target.WrittenSpan.ToArray();
    }

    /// <summary>Reads an update of an account.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static AccountUpdate ReadAccountUpdate(string accountId, ReadOnlySpan<byte> content)
    {
        var reader = new RecordReader(content);
        int? seats = reader.Int32() is var count and >= 0 ? count : null;
        var attributes = ReadAttributes(ref reader);
        return reader.AtEnd ? new(accountId, seats, attributes) : throw LeftOver("An update of an account");
    }

    /// <summary>The form of an account's opening.</summary>
    public static byte[] Of(AccountRecord account)
    {
        var target = new ArrayBufferWriter<byte>();
        account.Write(target);
        return target.WrittenSpan.ToArray();
    }

    /// <summary>The form of an adjustment that is put, or removed: a zero and the model.</summary>
    public static byte[] Of(string model, ScoreAdjustment? adjustment)
    {
        var target = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(target);
        if (adjustment is null)
        {
            writer.Byte(Removal);
            writer.Text(model);
        }
        else
        {
            adjustment.Write(ref writer);
        }
        return target.WrittenSpan.ToArray();
    }

    /// <summary>Reads an adjustment; null for one that is removed.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static ScoreAdjustment? ReadAdjustment(ReadOnlySpan<byte> content, out string model)
    {
        if (content is not [Removal, ..])
        {
            var adjustment = ScoreAdjustment.Read(content);
            model = adjustment.Model;
            return adjustment;
        }
        var reader = new RecordReader(content[1..]);
        model = reader.String();
        return reader.AtEnd ? null : throw LeftOver("A removal of an adjustment");
    }

    /// <summary>The form of a merge into another customer: that one's id.</summary>
    public static byte[] OfMerged(string survivorId)
    {
        var target = new ArrayBufferWriter<byte>();
        new RecordWriter(target).Text(survivorId);
        return target.WrittenSpan.ToArray();
    }

    /// <summary>Reads whom a customer was merged into.</summary>
    /// <exception cref="InvalidDataException">It is no id.</exception>
    public static string ReadMerged(ReadOnlySpan<byte> content)
    {
        var reader = new RecordReader(content);
        var survivor = reader.String();
        return reader.AtEnd ? survivor : throw LeftOver("A merge");
    }

    /// <summary>The form of names that were removed.</summary>
    public static byte[] Of(IReadOnlyCollection<KnownName> names)
    {
        var target = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(target);
        writer.Count(names.Count);
        foreach (var (kind, name) in names)
        {
            writer.Byte((byte)kind);
            writer.Text(name);
        }
        return target.WrittenSpan.ToArray();
    }

    /// <summary>Reads names that were removed.</summary>
    /// <exception cref="InvalidDataException">They are none.</exception>
    public static IReadOnlyList<KnownName> ReadNames(ReadOnlySpan<byte> content)
    {
        var reader = new RecordReader(content);
        var names = new KnownName[reader.Count()];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = new((NameKind)reader.Byte(), reader.String());
        }
        return reader.AtEnd ? names : throw LeftOver("A removal of names");
    }

    private static void Write(IReadOnlyList<KeyValuePair<string, string>> attributes, ref RecordWriter writer)
    {
        writer.Count(attributes.Count);
        foreach (var (key, value) in attributes)
        {
            writer.Text(key);
            writer.Text(value);
        }
    }

    private static KeyValuePair<string, string>[] ReadAttributes(ref RecordReader reader)
    {
        var attributes = new KeyValuePair<string, string>[reader.Count()];
        for (var i = 0; i < attributes.Length; i++)
        {
            attributes[i] = new(reader.String(), reader.String());
        }
        return attributes;
    }

    private static InvalidDataException LeftOver(string what) => new($"{what} has bytes left over.");
}
