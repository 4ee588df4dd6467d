using Scoring.Core.History;
using Scoring.Core.Recording;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>Events of a customer that are voided, as it is stored: who decides it has read all that the customer did, and says what is left.</summary>
/// <param name="CustomerId">The customer.</param>
/// <param name="Digest">What it was known by when that was read: it is not done for a customer that has changed since.</param>
/// <param name="Customer">The customer without the events, in its stored form; empty where nothing is left.</param>
/// <param name="Corrections">The corrections, in their stored form; at least one.</param>
/// <param name="Replacement">What is recorded in the place of the event, in the encoded form of <see cref="EventBatch"/>; empty for nothing. There is one correction then.</param>
internal sealed record CorrectionCommand(
    string CustomerId,
    ulong Digest,
    ReadOnlyMemory<byte> Customer,
    IReadOnlyList<ReadOnlyMemory<byte>> Corrections,
    ReadOnlyMemory<byte> Replacement
)
{
    public BlobWriter Write()
    {
        var payload = new BlobWriter();
        payload.Text(CustomerId);
        payload.Int64(unchecked((long)Digest));
        Add(Customer);
        payload.UInt16(Corrections.Count);
        foreach (var correction in Corrections)
        {
            Add(correction);
        }
        payload.Bytes(Replacement.Span);
        return payload;

        void Add(ReadOnlyMemory<byte> bytes)
        {
            payload.Int32(bytes.Length);
            payload.Bytes(bytes.Span);
        }
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static CorrectionCommand Read(ReadOnlySpan<byte> source)
    {
        var reader = new BlobReader(source);
        return new(
            reader.Text(),
            unchecked((ulong)reader.Int64()),
            reader.Bytes(reader.Int32()).ToArray(),
            reader.Many(
                reader.UInt16(),
                (ref BlobReader each) => (ReadOnlyMemory<byte>)each.Bytes(each.Int32()).ToArray()
            ),
            reader.Rest.ToArray()
        );
    }

    /// <summary>Corrections as one command.</summary>
    /// <param name="past">The customer.</param>
    /// <param name="customer">The customer without the events.</param>
    /// <param name="corrections">The corrections.</param>
    /// <param name="replacement">What is recorded instead, encoded; empty for nothing.</param>
    public static CorrectionCommand Of(
        CustomerPast past,
        ReadOnlyMemory<byte> customer,
        IReadOnlyList<RecordedCorrection> corrections,
        ReadOnlyMemory<byte> replacement
    ) =>
        new(
            past.CustomerId,
            past.Digest,
            customer,
            [.. corrections.Select(of => (ReadOnlyMemory<byte>)CorrectionCodec.Write(of))],
            replacement
        );
}
