namespace Scoring.Server.Evaluation;

/// <summary>How far something is, for one who looks when there is time to: what came in between is passed over.</summary>
internal sealed class LatestProgress : IProgress<double>
{
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = New();
    private double _share;

    public void Report(double value)
    {
        lock (_lock)
        {
            _share = value;
            _changed.TrySetResult();
        }
    }

    /// <summary>How far it is, once that has changed; null once the work is done.</summary>
    public async Task<double?> NextAsync(Task work)
    {
        await Task.WhenAny(_changed.Task, work);
        lock (_lock)
        {
            if (work.IsCompleted)
            {
                return null;
            }
            _changed = New();
            return _share;
        }
    }

    private static TaskCompletionSource New() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
