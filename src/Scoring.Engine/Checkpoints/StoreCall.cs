using Scoring.Core;

namespace Scoring.Engine.Checkpoints;

/// <summary>Something that the store's thread is to do.</summary>
internal interface IStoreCall
{
    /// <exception cref="Storage.StoreFailure">It could not be done.</exception>
    void Run();

    /// <summary>Answers the call with an error.</summary>
    void Fail(Exception error);
}

/// <inheritdoc/>
internal sealed class StoreCall<T>(Func<T> action) : IStoreCall
{
    private readonly TaskCompletionSource<T> _answer = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Completes with what the action gives.</summary>
    public Task<T> Answer => _answer.Task;

    /// <inheritdoc/>
    public void Run()
    {
        try
        {
            _answer.TrySetResult(action());
        }
        catch (Exception e) when (e is ScoringException or StoreException)
        {
            _answer.TrySetException(e);
        }
    }

    /// <inheritdoc/>
    public void Fail(Exception error) => _answer.TrySetException(error);
}
