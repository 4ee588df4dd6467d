namespace Scoring.Rpc.Client;

/// <summary>A response together with the metadata around it.</summary>
/// <typeparam name="T">The type of the message.</typeparam>
/// <param name="Message">The message.</param>
/// <param name="Headers">What the server sent before it.</param>
/// <param name="Trailers">What the server sent after it.</param>
public sealed record RpcResponse<T>(T Message, Metadata Headers, Metadata Trailers);
