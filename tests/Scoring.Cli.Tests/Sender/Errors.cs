using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;

namespace Scoring.Cli.Tests.Sender;

/// <summary>Errors as the server sends them.</summary>
internal static class Errors
{
    /// <summary>A full queue; without advice it does not say when to retry.</summary>
    public static RpcException ResourceExhausted(string message, TimeSpan? retryAfter)
    {
        var status = new Google.Rpc.Status { Code = (int)StatusCode.ResourceExhausted, Message = message };
        if (retryAfter is { } delay)
        {
            status.Details.Add(Any.Pack(new RetryInfo { RetryDelay = Duration.FromTimeSpan(delay) }));
        }
        return status.ToRpcException();
    }
}
