namespace Scoring.Grains.Customers;

/// <summary>A grain that counts among the customers and accounts that are active.</summary>
internal abstract class CountedGrain(CustomerActivations activations) : Grain, IDisposable
{
    private bool _isCounted;

    /// <summary>Whether it is one more than there may be, which is to go once it has answered.</summary>
    protected bool IsCrowded { get; private set; }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        IsCrowded = activations.Enter();
        _isCounted = true;
        return Task.CompletedTask;
    }

    public override Task OnDeactivateAsync(DeactivationReason reason, CancellationToken cancellationToken)
    {
        Dispose();
        return Task.CompletedTask;
    }

    // Also of an activation that never got as far as being deactivated.
    public void Dispose()
    {
        if (Interlocked.Exchange(ref _isCounted, false))
        {
            activations.Leave();
        }
    }
}
