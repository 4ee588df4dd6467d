namespace Scoring.Server.Access;

/// <summary>The provider of tokens cannot be asked for its keys.</summary>
internal sealed class JwtProviderException(Exception inner) : Exception(inner.Message, inner);
