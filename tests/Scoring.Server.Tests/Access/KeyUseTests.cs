using Scoring.Server.Access;

namespace Scoring.Server.Tests.Access;

public sealed class KeyUseTests
{
    private const int Mebibyte = 1 << 20;

    [Theory]
    // Nearly no events are left, or nearly no bytes: many are asked for, and all that is left of the other is there still.
    [InlineData(9_999, 1, 1_000, Mebibyte, 1, 15 * Mebibyte)]
    [InlineData(1, 15 * Mebibyte, 1_000, 2 * Mebibyte, 9_999, 1_024)]
    public void What_is_refused_for_one_limit_takes_nothing_of_the_other(
        int events,
        int bytes,
        int triedEvents,
        int triedBytes,
        int eventsLeft,
        int bytesLeft
    )
    {
        // A second gives one event and a kibibyte more: less than what is tried below, however long that takes.
        var key = new StoredKey
        {
            Id = "k",
            Hash = [],
            Owner = "crm",
            Grants = [],
            EventsPerSecond = 1,
            BytesPerSecond = 1_024,
        };
        var use = new KeyUse(key, new FrontOptions { MaxBatch = 10_000, MaxMessageBytes = 16 * Mebibyte });
        Assert.True(use.TryWrite(events, bytes, out _));

        for (var i = 0; i < 100; i++)
        {
            Assert.False(use.TryWrite(triedEvents, triedBytes, out var retryAfter));
            Assert.True(retryAfter > TimeSpan.Zero);
        }

        Assert.True(use.TryWrite(eventsLeft, bytesLeft, out _));
    }
}
