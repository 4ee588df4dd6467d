using Scoring.Core.Adjustments;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The stored form of an adjustment that is put or removed: the customer, and behind it the adjustment, or a zero and the model.</summary>
internal static class AdjustmentCodec
{
    // No adjustment begins with it.
    private const byte Removal = 0;

    public static BlobWriter Write(string customerId, string model, ScoreAdjustment? adjustment)
    {
        var payload = new BlobWriter();
        payload.Text(customerId);
        if (adjustment is null)
        {
            payload.Byte(Removal);
            payload.Text(model);
        }
        else
        {
            adjustment.Write(payload);
        }
        return payload;
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static (string CustomerId, string Model, ScoreAdjustment? Adjustment) Read(ReadOnlySpan<byte> source)
    {
        var reader = new BlobReader(source);
        var customerId = reader.Text();
        if (reader.Rest is not [Removal, ..])
        {
            var adjustment = ScoreAdjustment.Read(reader.Rest);
            return (customerId, adjustment.Model, adjustment);
        }
        reader.Byte();
        var model = reader.Text();
        return reader.AtEnd
            ? (customerId, model, null)
            : throw new InvalidDataException("A removal of an adjustment has bytes left over.");
    }
}
