using Scoring.Engine.Storage;

namespace Scoring.Engine.Archive;

/// <summary>Writes what the events of a chunk say, a column each; see <see cref="ChunkSection"/>.</summary>
internal static class EventColumnsWriter
{
    public static void AddTimes(
        BlobWriter column,
        ReadOnlySpan<ArchivedEvent> events,
        TimeUnit unit,
        long earliest,
        bool isLow
    )
    {
        var (row, type, before) = (-1, -1, earliest);
        foreach (ref readonly var item in events)
        {
            var isFirst = item.Type != type || item.Row != row;
            // As a number without a sign it is right however far they are apart.
            var distance =
                unchecked((ulong)(item.OccurredAt.Ticks - (isFirst ? earliest : before))) / (ulong)unit.Ticks;
            if (isLow)
            {
                for (var i = 0; i < unit.LowBytes; i++)
                {
                    column.Byte((byte)(distance >> (8 * i)));
                }
            }
            else
            {
                column.Varint(distance >> (8 * unit.LowBytes));
            }
            (row, type, before) = (item.Row, item.Type, item.OccurredAt.Ticks);
        }
    }

    public static void AddLags(BlobWriter column, ReadOnlySpan<ArchivedEvent> events)
    {
        for (var i = 0; i < events.Length; i += 2)
        {
            var second = i + 1 < events.Length ? ReceiptLag.Short(ReceiptLag.Of(events[i + 1])) : 0;
            column.Byte((byte)(ReceiptLag.Short(ReceiptLag.Of(events[i])) | (second << 4)));
        }
    }

    public static void AddLongLags(BlobWriter column, ReadOnlySpan<ArchivedEvent> events)
    {
        foreach (ref readonly var item in events)
        {
            var lag = ReceiptLag.Of(item);
            if (ReceiptLag.Short(lag) == ReceiptLag.Long)
            {
                column.Varint(Numbers.Zigzag(lag));
            }
        }
    }

    public static void AddKnown(BlobWriter column, ReadOnlySpan<ArchivedEvent> events)
    {
        var any = false;
        foreach (ref readonly var item in events)
        {
            any |= item.KnownBefore > 0;
            column.Varint(
                item.KnownBefore == 0 ? 0 : 1 + Numbers.Zigzag(unchecked(ReceiptLag.Of(item) - item.KnownBefore))
            );
        }
        if (!any)
        {
            column.Clear();
        }
    }

    public static void AddFeatures(BlobWriter column, ReadOnlySpan<ArchivedEvent> events)
    {
        var any = false;
        foreach (ref readonly var item in events)
        {
            any |= item.Feature >= 0;
            column.Varint((uint)(item.Feature + 1));
        }
        if (!any)
        {
            column.Clear();
        }
    }

    public static void AddAccounts(BlobWriter column, ReadOnlySpan<ArchivedEvent> events)
    {
        var any = false;
        while (!events.IsEmpty)
        {
            var length = 1;
            while (length < events.Length && events[length].Account == events[0].Account)
            {
                length++;
            }
            any |= events[0].Account >= 0;
            column.Varint((uint)(events[0].Account + 1));
            column.Varint((uint)length);
            events = events[length..];
        }
        if (!any)
        {
            column.Clear();
        }
    }

    public static void AddValues(BlobWriter column, ReadOnlySpan<ArchivedEvent> events)
    {
        var ones = 0u;
        foreach (ref readonly var item in events)
        {
            if (item.Value == 1)
            {
                ones++;
                continue;
            }
            column.Varint(ones);
            Numbers.WriteValue(column, item.Value);
            ones = 0;
        }
    }
}
