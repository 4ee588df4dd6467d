namespace Scoring.Rpc;

/// <summary>A service cannot be served as it was declared: a handler is missing, mistyped or ambiguous, or a service is mapped twice.</summary>
public sealed class RpcBindingException : Exception
{
    /// <summary>An error that names what is wrong and what is needed.</summary>
    /// <param name="message">The service, the method, the signature needed and what was found.</param>
    public RpcBindingException(string message)
        : base(message) { }
}
