using Scoring.Core.Serialization;

namespace Scoring.Core.Populations;

/// <summary>What stands before the facts in a customer's stored form: version, id, account, attributes.</summary>
internal static class CustomerHeader
{
    private const byte RecordVersion = 1;

    public static void Write(
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> account,
        IReadOnlyCollection<KeyValuePair<string, string>> attributes,
        ref RecordWriter writer
    )
    {
        WriteIds(id, account, ref writer);
        writer.Count(attributes.Count);
        foreach (var (key, value) in attributes)
        {
            writer.Text(key);
            writer.Text(value);
        }
    }

    /// <summary>Writes version, id and account; the attributes are to follow.</summary>
    public static void WriteIds(ReadOnlySpan<byte> id, ReadOnlySpan<byte> account, ref RecordWriter writer)
    {
        writer.Byte(RecordVersion);
        writer.Text(id);
        writer.Text(account);
    }

    /// <summary>Reads version and id.</summary>
    /// <exception cref="InvalidDataException">It is no customer, or one of another version.</exception>
    public static ReadOnlySpan<byte> ReadId(ref RecordReader reader)
    {
        if (reader.Byte() is var version and not RecordVersion)
        {
            throw new InvalidDataException(
                $"A customer is stored in version {version}; this program reads version {RecordVersion}."
            );
        }
        var id = reader.Text();
        return id.IsEmpty ? throw new InvalidDataException("A customer is stored without an id.") : id;
    }
}
