using System.Buffers;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>The stored form of a correction: its id, the event that is voided, the one in its place. What is absent of these two is a zero.</summary>
public static class CorrectionCodec
{
    /// <summary>Writes a correction.</summary>
    public static byte[] Write(RecordedCorrection correction)
    {
        var target = new ArrayBufferWriter<byte>();
        var writer = new RecordWriter(target);
        writer.Text(correction.CorrectionId);
        writer.Byte(correction.Voided is null ? (byte)0 : (byte)1);
        if (correction.Voided is { } voided)
        {
            writer.Text(voided.EventType);
            writer.Int64(voided.OccurredAt.Ticks);
            writer.Double(voided.Value);
            writer.Text(voided.Feature);
            writer.Int64(voided.ReceivedAt.Ticks);
        }
        writer.Byte(correction.Replacement is null ? (byte)0 : (byte)1);
        if (correction.Replacement is { } replacement)
        {
            writer.Text(replacement.EventType);
            writer.Int64(replacement.OccurredAt.Ticks);
            writer.Double(replacement.Value);
            writer.Text(replacement.Feature);
        }
        return target.WrittenSpan.ToArray();
    }

    /// <summary>Reads a correction. Accounts are none of it.</summary>
    /// <exception cref="InvalidDataException">It is none.</exception>
    public static RecordedCorrection Read(ReadOnlySpan<byte> content)
    {
        var reader = new RecordReader(content);
        var id = reader.String();
        PastEvent? voided = null;
        if (reader.Byte() != 0)
        {
            var (type, at, value, feature) = ReadEvent(ref reader);
            voided = new(type, at, new(reader.Int64()), value, feature, AccountId: "");
        }
        CorrectedEvent? replacement = null;
        if (reader.Byte() != 0)
        {
            var (type, at, value, feature) = ReadEvent(ref reader);
            replacement = new(type, at, value, feature);
        }
        return reader.AtEnd
            ? new(id, voided, replacement)
            : throw new InvalidDataException("A correction has bytes left over.");
    }

    private static (string Type, Instant OccurredAt, double Value, string Feature) ReadEvent(ref RecordReader reader) =>
        (reader.String(), new Instant(reader.Int64()), reader.Double(), reader.String());
}
