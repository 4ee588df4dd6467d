namespace Scoring.Engine.Partitions;

/// <summary>Threads that apply entries of whichever partitions have some; as many as there are processors, however many partitions there are.</summary>
internal sealed class ApplyPool
{
    // So much of one partition is applied in about a millisecond; then others have their turn. The more at a time, the more stays in the
    // processor's cache of what the partition consists of.
    private const int BytesInTurn = 64 << 10;

    private readonly Thread[] _threads;
    private readonly object _gate = new();
    private readonly Queue<ApplyQueue> _ready = new();
    private int _waiting;
    private bool _ended;

    /// <param name="threads">How many.</param>
    public ApplyPool(int threads)
    {
        _threads =
        [
            .. Enumerable
                .Range(0, threads)
                .Select(i => new Thread(Run) { Name = $"scoring apply {i}", IsBackground = true }),
        ];
        Array.ForEach(_threads, thread => thread.Start());
    }

    /// <summary>Has threads run queues that ask for it.</summary>
    public void Add(params ReadOnlySpan<ApplyQueue> queues)
    {
        lock (_gate)
        {
            foreach (var queue in queues)
            {
                _ready.Enqueue(queue);
            }
            for (var woken = 0; woken < queues.Length && woken < _waiting; woken++)
            {
                Monitor.Pulse(_gate);
            }
        }
    }

    /// <summary>Ends the threads; what is still to be run stays so.</summary>
    public void End()
    {
        lock (_gate)
        {
            _ended = true;
            Monitor.PulseAll(_gate);
        }
        Array.ForEach(_threads, thread => thread.Join());
    }

    private void Run()
    {
        while (Next() is { } queue)
        {
            if (queue.Run(BytesInTurn))
            {
                Add(queue);
            }
        }
    }

    private ApplyQueue? Next()
    {
        lock (_gate)
        {
            while (_ready.Count == 0 && !_ended)
            {
                _waiting++;
                Monitor.Wait(_gate);
                _waiting--;
            }
            return _ready.TryDequeue(out var queue) ? queue : null;
        }
    }
}
