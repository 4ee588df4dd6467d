using Scoring.Core.Serialization;

namespace Scoring.Core.Segments;

/// <summary>The scores of some successive ranks, in ascending order.</summary>
/// <param name="First">The lowest of the ranks, counted from 0.</param>
/// <param name="Scores">At least one.</param>
internal sealed record RankWindow(long First, double[] Scores)
{
    public void Write(ref RecordWriter writer)
    {
        writer.Int64(First);
        writer.Int32(Scores.Length);
        writer.Values(Scores);
    }

    public static RankWindow Read(ref RecordReader reader)
    {
        var (first, length) = (reader.Int64(), reader.Int32());
        if (length < 1 || length > reader.Rest.Length / sizeof(double))
        {
            throw new InvalidDataException("A window of scores has another length than it says.");
        }
        var scores = new double[length];
        reader.Values(scores);
        return new(first, scores);
    }
}
