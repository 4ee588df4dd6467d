using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>A step of a merge of two customers, as it is stored.</summary>
/// <param name="Fence">Number of the merge: steps of one that has a smaller number than the newest come too late.</param>
/// <param name="CustomerId">The customer that is merged into the other; empty where only the number is to be known.</param>
/// <param name="SurvivorId">The other, where the step needs it.</param>
/// <param name="Customer">What is stored of the customer, where the survivor adopts it.</param>
/// <param name="Index">Place of the customer among those that are merged together.</param>
internal readonly record struct MergeStep(
    long Fence,
    string CustomerId,
    string SurvivorId = "",
    ReadOnlyMemory<byte> Customer = default,
    int Index = 0
)
{
    public BlobWriter Write()
    {
        var payload = new BlobWriter();
        payload.Int64(Fence);
        payload.Int32(Index);
        payload.Text(CustomerId);
        payload.Text(SurvivorId);
        payload.Int32(Customer.Length);
        payload.Bytes(Customer.Span);
        return payload;
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static MergeStep Read(ReadOnlySpan<byte> source)
    {
        var reader = new BlobReader(source);
        var (fence, index) = (reader.Int64(), reader.Int32());
        var step = new MergeStep(fence, reader.Text(), reader.Text(), reader.Bytes(reader.Int32()).ToArray(), index);
        return reader.AtEnd ? step : throw new InvalidDataException("A step of a merge has bytes left over.");
    }
}
