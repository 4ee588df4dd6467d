using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <summary>What stands before the facts in a customer's stored form: version, id, account and since when, lifecycle marks, attributes.</summary>
internal static class CustomerHeader
{
    /// <summary>The version of the record of a customer who was merged into another: its id, and the survivor's.</summary>
    public const byte Merged = 64;

    /// <summary>Writes what stands before the attributes.</summary>
    /// <param name="form">The form of the facts behind it, which is the record's version.</param>
    /// <param name="id">The customer.</param>
    /// <param name="account">Its account; empty for none.</param>
    /// <param name="assignedAt">When it was put into the account.</param>
    /// <param name="marks">Its lifecycle marks.</param>
    /// <param name="writer">Where to.</param>
    public static void Write(
        byte form,
        ReadOnlySpan<byte> id,
        ReadOnlySpan<byte> account,
        Instant assignedAt,
        LifecycleMarks marks,
        ref RecordWriter writer
    )
    {
        writer.Byte(form);
        writer.Text(id);
        writer.Text(account);
        if (!account.IsEmpty)
        {
            writer.Int64(assignedAt.Ticks);
        }
        writer.Int32(marks.FirstDay);
        writer.Int64(marks.Turn);
    }

    /// <summary>Reads the account and the time of its assignment; an empty account when there is none.</summary>
    public static ReadOnlySpan<byte> ReadAccount(scoped ref RecordReader reader, out Instant assignedAt)
    {
        var account = reader.Text();
        assignedAt = account.IsEmpty ? Instant.MinValue : new Instant(reader.Int64());
        return account;
    }

    /// <summary>Reads the lifecycle marks.</summary>
    /// <exception cref="InvalidDataException">They have a day that cannot be.</exception>
    public static LifecycleMarks ReadMarks(ref RecordReader reader)
    {
        var (firstDay, turn) = (reader.Int32(), reader.Int64());
        return firstDay is >= 0 and <= LifecycleMarks.NoDay
            ? new((ushort)firstDay, turn)
            : throw new InvalidDataException("A customer is stored with a first day that cannot be.");
    }

    /// <summary>Reads id and version.</summary>
    /// <param name="reader">Where they begin.</param>
    /// <param name="form">The form of the facts behind the header.</param>
    /// <exception cref="InvalidDataException">It is no customer, or one of another version.</exception>
    public static ReadOnlySpan<byte> ReadId(scoped ref RecordReader reader, out byte form)
    {
        form = reader.Byte();
        if (form is (< FactsRecord.WithoutUses or > FactsRecord.Current) and not Merged)
        {
            throw new InvalidDataException(
                $"A customer is stored in version {form}; this program reads versions {FactsRecord.WithoutUses} to {FactsRecord.Current}, and {Merged}."
            );
        }
        var id = reader.Text();
        return id.IsEmpty ? throw new InvalidDataException("A customer is stored without an id.") : id;
    }
}
