using System.Buffers;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Adjustments;

/// <summary>A manual adjustment of a customer's score in one model.</summary>
/// <remarks>
/// It is in the unit of the score, so that it means the same whatever the model's target points are, and holds for every version of the model. It comes
/// behind terms and caps of dimensions, and before floor and ceiling: score = limit(100 x points / target points + <see cref="Score"/>), or limit(<see cref="Score"/>).
/// </remarks>
/// <param name="Model">Name of the model.</param>
/// <param name="Kind">Whether the score is added to or set.</param>
/// <param name="Score">What is added, or the score that is set; finite, of a magnitude of up to <see cref="Limits.Value"/>.</param>
/// <param name="Reason">Why, in the author's words, 1 to <see cref="Limits.ChangeNoteBytes"/>.</param>
/// <param name="Author">The name of who put it.</param>
/// <param name="CreateTime">When it was received.</param>
/// <param name="ExpireTime">From when on it has no effect; null means that it holds until it is removed.</param>
public sealed record ScoreAdjustment(
    string Model,
    AdjustmentKind Kind,
    double Score,
    string Reason,
    string Author,
    Instant CreateTime,
    Instant? ExpireTime
)
{
    private const long Never = long.MaxValue;

    /// <summary>Whether it has an effect at an instant: at every one before its expiry, so that what was put is read whatever clocks say.</summary>
    public bool HoldsAt(Instant instant) => ExpireTime is not { } end || instant < end;

    /// <summary>What becomes of a score.</summary>
    public double Adjust(double score) => Kind == AdjustmentKind.Set ? Score : score + Score;

    /// <summary>Writes it in its stored form.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        Write(ref writer);
    }

    /// <summary>Reads one from its stored form.</summary>
    /// <exception cref="InvalidDataException">The bytes are none.</exception>
    public static ScoreAdjustment Read(ReadOnlySpan<byte> encoded)
    {
        var reader = new RecordReader(encoded);
        var adjustment = Read(ref reader);
        return reader.AtEnd ? adjustment : throw new InvalidDataException("An adjustment has bytes left over.");
    }

    internal void Write(ref RecordWriter writer)
    {
        writer.Byte((byte)Kind);
        writer.Text(Model);
        writer.Double(Score);
        writer.Text(Reason);
        writer.Text(Author);
        writer.Int64(CreateTime.Ticks);
        writer.Int64(ExpireTime?.Ticks ?? Never);
    }

    internal static ScoreAdjustment Read(ref RecordReader reader)
    {
        var kind = (AdjustmentKind)reader.Byte();
        if (kind is not (AdjustmentKind.Add or AdjustmentKind.Set))
        {
            throw new InvalidDataException($"An adjustment is of the unknown kind {(int)kind}.");
        }
        return new(
            reader.String(),
            kind,
            reader.Double(),
            reader.String(),
            reader.String(),
            new Instant(reader.Int64()),
            reader.Int64() is var end && end != Never ? new Instant(end) : null
        );
    }
}
