namespace Scoring.Engine.Archive;

/// <summary>How many seconds after it occurred an event was received: from the second that it occurred in to the one that it was received by.</summary>
internal static class ReceiptLag
{
    /// <summary>Stands in <see cref="ChunkSection.Lags"/> for one that is in <see cref="ChunkSection.LongLags"/>.</summary>
    public const int Long = 15;

    /// <summary>The lag of an event; whatever it is, it adds up to the second of receipt.</summary>
    public static long Of(in ArchivedEvent item) =>
        unchecked(item.ReceivedSecond - TimeUnit.SecondOf(item.OccurredAt.Ticks));

    /// <summary>What <see cref="ChunkSection.Lags"/> holds of a lag.</summary>
    public static int Short(long seconds) => seconds is >= 0 and < Long ? (int)seconds : Long;

    /// <summary>What <see cref="ChunkSection.Lags"/> holds of an event.</summary>
    public static int At(ReadOnlySpan<byte> lags, int number) => (lags[number >> 1] >> ((number & 1) << 2)) & Long;
}
