namespace Scoring.Cluster.Vocabularies;

/// <summary>Asks at once for what many want: one call is under way at a time, and what is wanted meanwhile shares the next.</summary>
/// <remarks>
/// A silo that has just started knows no names while thousands of its customers are written to at once. Any number of callers at a time.
/// </remarks>
/// <param name="ask">Makes the call; whoever wanted something of it waits for it, and fails with it.</param>
internal sealed class SharedRequest<T>(Func<IReadOnlyList<T>, Task> ask)
{
    private readonly Lock _gate = new();
    private HashSet<T> _wanted = [];
    private Task _last = Task.CompletedTask;
    private Task? _next;

    /// <summary>Completes with the call that asks for these.</summary>
    public Task AskAsync(IEnumerable<T> wanted)
    {
        lock (_gate)
        {
            _wanted.UnionWith(wanted);
            var before = _last;
            // Not in the context of the grain that came first, which the others do not depend on.
            return _next ??= Task.Run(() => AskAfterAsync(before));
        }
    }

    private async Task AskAfterAsync(Task before)
    {
        await before.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        HashSet<T> wanted;
        lock (_gate)
        {
            (wanted, _wanted) = (_wanted, []);
            (_last, _next) = (_next!, null);
        }
        await ask([.. wanted]);
    }
}
