using Google.Rpc;
using Grpc.Core;

namespace Scoring.Server.Tests;

internal sealed record CallFailure(
    StatusCode Code,
    string Reason,
    IReadOnlyDictionary<string, string> Metadata,
    IReadOnlyList<string> Fields,
    TimeSpan? RetryAfter,
    string Message
)
{
    public static CallFailure Of(RpcException error)
    {
        var status = error.GetRpcStatus();
        var info = status?.GetDetail<ErrorInfo>();
        Assert.True(info is not null, $"every error carries ErrorInfo: {error}");
        Assert.Equal("scoring", info.Domain);
        var fields =
            status!.GetDetail<BadRequest>()?.FieldViolations.Select(violation => violation.Field).ToList() ?? [];
        var retry = status!.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan();
        return new(
            error.StatusCode,
            info.Reason,
            new Dictionary<string, string>(info.Metadata),
            fields,
            retry,
            error.Status.Detail
        );
    }
}
