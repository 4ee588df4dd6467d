using System.Buffers;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Segments;

/// <content>The form in which a tally is sent to where tallies are summed up.</content>
public sealed partial class SegmentTally
{
    private const byte SentVersion = 1;

    /// <summary>Writes the tally as it is sent: every score, so that what is summed up elsewhere is exact. The tally is void from then on.</summary>
    public void Write(IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        writer.Byte(SentVersion);
        writer.Int64(NewestEvent.Ticks);
        writer.Int64(_daily);
        writer.Int64(_weekly);
        writer.Int64(_monthly);
        _top.Write(ref writer);
        _bottom.Write(ref writer);
        writer.Count(_totals.Count);
        foreach (var total in _totals.Values)
        {
            writer.Text(total.EventType);
            writer.Int64(total.Customers);
            writer.Double(total.Count);
            writer.Double(total.Value);
        }
        writer.Int32(_count);
        target.Write(MemoryMarshal.AsBytes(_scores.AsSpan(0, _count)));
        Release();
    }

    /// <summary>Reads a tally that answers a query.</summary>
    /// <exception cref="InvalidDataException">The bytes are not a tally.</exception>
    public static SegmentTally Read(ReadOnlySpan<byte> sent, SegmentQuery query)
    {
        var reader = new RecordReader(sent);
        if (reader.Byte() is var version and not SentVersion)
        {
            throw new InvalidDataException($"A tally was sent in version {version}; this program reads {SentVersion}.");
        }
        var newest = new Instant(reader.Int64());
        var (daily, weekly, monthly) = (reader.Int64(), reader.Int64(), reader.Int64());
        var tally = new SegmentTally(query, capacity: 0);
        tally.NoteNewest(newest);
        tally.AddActive(daily, weekly, monthly);
        tally._top.Read(ref reader);
        tally._bottom.Read(ref reader);
        for (var left = reader.Count(); left > 0; left--)
        {
            AddTotal(tally._totals, new(reader.String(), reader.Int64(), reader.Double(), reader.Double()));
        }
        var count = reader.Int32();
        var scores = reader.Rest;
        if (count < 0 || (long)count * sizeof(double) != scores.Length)
        {
            throw new InvalidDataException("A tally has another number of scores than it says.");
        }
        tally._count = count;
        tally._scores = ArrayPool<double>.Shared.Rent(count + Vector256<double>.Count);
        scores.CopyTo(MemoryMarshal.AsBytes(tally._scores.AsSpan()));
        return tally;
    }
}
