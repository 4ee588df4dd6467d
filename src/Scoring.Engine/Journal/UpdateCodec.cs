using Scoring.Core.Recording;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The stored form of changes to customers and accounts: one after the other, each after its place in the caller's batch.</summary>
internal static class UpdateCodec
{
    public static void Write(BlobWriter target, int index, CustomerUpdate update)
    {
        target.Int32(index);
        target.Text(update.CustomerId);
        target.Text(update.AccountId);
        WriteAttributes(target, update.Attributes);
    }

    public static void Write(BlobWriter target, int index, AccountUpdate update)
    {
        target.Int32(index);
        target.Text(update.AccountId);
        target.Int32(update.Seats ?? -1);
        WriteAttributes(target, update.Attributes);
    }

    public static CustomerUpdate ReadCustomer(ref BlobReader source, out int index)
    {
        index = source.Int32();
        return new(source.Text(), source.Text(), ReadAttributes(ref source));
    }

    public static AccountUpdate ReadAccount(ref BlobReader source, out int index)
    {
        index = source.Int32();
        var accountId = source.Text();
        var seats = source.Int32();
        return new(accountId, seats < 0 ? null : seats, ReadAttributes(ref source));
    }

    private static void WriteAttributes(BlobWriter target, IReadOnlyList<KeyValuePair<string, string>> attributes)
    {
        target.UInt16(attributes.Count);
        foreach (var (key, value) in attributes)
        {
            target.Text(key);
            target.Text(value);
        }
    }

    private static KeyValuePair<string, string>[] ReadAttributes(ref BlobReader source) =>
        source.Many(source.UInt16(), static (ref BlobReader r) => new KeyValuePair<string, string>(r.Text(), r.Text()));
}
