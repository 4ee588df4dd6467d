using System.Collections.Concurrent;

namespace Scoring.Engine.Journal;

/// <summary>
/// Lets the callers of answered writes go on, on threads of the pool: those of a group commit become answered together, and one thread that goes from
/// one to the next costs less than a thread woken for each.
/// </summary>
internal sealed class WriteAnswers : IThreadPoolWorkItem
{
    /// <summary>From so many answers per thread on another one helps.</summary>
    private const int FewAnswers = 32;

    /// <summary>After so many answers a thread lets the pool's other work go first.</summary>
    private const int ManyAnswers = 64;

    private static readonly int MostThreads = Environment.ProcessorCount;

    private readonly ConcurrentQueue<WriteCall> _calls = new();
    private int _threads;

    /// <summary>Those of the process, as the pool is.</summary>
    public static WriteAnswers Shared { get; } = new();

    /// <summary>Takes a call that has its answer; <see cref="Begin"/> lets its caller go on.</summary>
    public void Add(WriteCall call) => _calls.Enqueue(call);

    /// <summary>Has a thread of the pool answer what was added.</summary>
    public void Begin()
    {
        if (!_calls.IsEmpty)
        {
            AddThread(most: 1);
        }
    }

    void IThreadPoolWorkItem.Execute()
    {
        for (var answered = 0; answered < ManyAnswers; answered++)
        {
            if (!_calls.TryDequeue(out var call))
            {
                Interlocked.Decrement(ref _threads);
                // Whoever posted in between may have seen this thread at work still.
                if (!_calls.IsEmpty)
                {
                    AddThread(most: 1);
                }
                return;
            }
            if (answered % FewAnswers == 0 && _calls.Count >= FewAnswers)
            {
                AddThread(MostThreads);
            }
            call.Complete();
        }
        ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
    }

    private void AddThread(int most)
    {
        var threads = Volatile.Read(ref _threads);
        if (threads < most && Interlocked.CompareExchange(ref _threads, threads + 1, threads) == threads)
        {
            ThreadPool.UnsafeQueueUserWorkItem(this, preferLocal: false);
        }
    }
}
