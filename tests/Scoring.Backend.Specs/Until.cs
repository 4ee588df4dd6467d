namespace Scoring.Backend.Specs;

/// <summary>Waits for what others do, as long as anybody may.</summary>
public static class Until
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan BetweenLooks = TimeSpan.FromMilliseconds(2);

    /// <summary>Waits until something is so.</summary>
    /// <param name="isSo">Whether it is.</param>
    /// <param name="meanwhile">What is done between looks: lets the time of a test go on, for instance.</param>
    public static Task TrueAsync(Func<bool> isSo, Action? meanwhile = null) =>
        TrueAsync(() => Task.FromResult(isSo()), meanwhile);

    /// <inheritdoc cref="TrueAsync(Func{bool}, Action?)"/>
    public static async Task TrueAsync(Func<Task<bool>> isSo, Action? meanwhile = null)
    {
        var since = TimeProvider.System.GetTimestamp();
        while (!await isSo())
        {
            Assert.True(TimeProvider.System.GetElapsedTime(since) < Patience, "It did not come true.");
            meanwhile?.Invoke();
            await LaterAsync();
        }
    }

    /// <summary>Waits until something is done that waits for the time of the test, which goes on meanwhile.</summary>
    public static async Task DoneAsync(Task task, Action meanwhile)
    {
        await TrueAsync(() => task.IsCompleted, meanwhile);
        await task;
    }

    /// <summary>Gives others a moment, before it is looked again whether something is so.</summary>
    public static Task LaterAsync() => Task.Delay(BetweenLooks, TestContext.Current.CancellationToken);
}
