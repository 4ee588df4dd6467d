using System.Diagnostics;

namespace Scoring.Postgres.Tests.Support;

/// <summary>Waits for what happens elsewhere.</summary>
internal static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>Waits until something is so; not for ever.</summary>
    public static async Task TrueAsync(Func<bool> isSo)
    {
        var since = Stopwatch.GetTimestamp();
        while (!isSo())
        {
            Assert.True(Stopwatch.GetElapsedTime(since) < Patience, "It did not happen.");
            await Task.Delay(TimeSpan.FromMilliseconds(5));
        }
    }
}
