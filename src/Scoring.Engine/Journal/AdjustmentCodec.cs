using Scoring.Core.Adjustments;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The stored form of an adjustment that is put, or removed: the customer, the model, and the adjustment or nothing.</summary>
internal static class AdjustmentCodec
{
    public static BlobWriter Write(string customerId, string model, ScoreAdjustment? adjustment)
    {
        var payload = new BlobWriter();
        payload.Text(customerId);
        payload.Text(model);
        adjustment?.Write(payload);
        return payload;
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static (string CustomerId, string Model, ScoreAdjustment? Adjustment) Read(ReadOnlySpan<byte> source)
    {
        var reader = new BlobReader(source);
        var (customerId, model) = (reader.Text(), reader.Text());
        return (customerId, model, reader.AtEnd ? null : ScoreAdjustment.Read(reader.Rest));
    }
}
