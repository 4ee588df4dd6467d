namespace Scoring.Server.Tests;

/// <summary>Tells when a writer has come to wait, which nothing but its silence shows.</summary>
internal static class Standstill
{
    /// <summary>Waits until a count that has begun no longer rises: the same for 25 looks, 20 ms apart.</summary>
    public static async Task OfAsync(Func<int> count, CancellationToken token)
    {
        using var looks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        for (var (last, same) = (0, 0); same < 25; )
        {
            await looks.WaitForNextTickAsync(token);
            var now = count();
            same = now == last && now > 0 ? same + 1 : 0;
            last = now;
        }
    }
}
