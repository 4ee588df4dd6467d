namespace Scoring.Cluster.Storage;

/// <summary>A write was sent to the store and nobody knows whether it is there. Who asks again with the same event ids finds out.</summary>
[GenerateSerializer, Alias("scoring.outcome-unknown")]
public sealed class OutcomeUnknownException : OrleansException
{
    /// <summary>A write of unknown outcome.</summary>
    public OutcomeUnknownException()
        : this("The store did not say whether a write succeeded.") { }

    /// <summary>A write of unknown outcome.</summary>
    public OutcomeUnknownException(string message)
        : base(message) { }

    /// <summary>A write of unknown outcome.</summary>
    public OutcomeUnknownException(string message, Exception innerException)
        : base(message, innerException) { }
}
