using Google.Rpc;
using Scoring.Rpc;

namespace Scoring.Service.Tests;

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
        Assert.True(error.TryGetDetail<ErrorInfo>(out var info), "every error carries ErrorInfo");
        Assert.Equal("scoring", info.Domain);
        var fields = error.TryGetDetail<BadRequest>(out var request)
            ? request.FieldViolations.Select(violation => violation.Field).ToList()
            : [];
        var retry = error.TryGetDetail<RetryInfo>(out var advice) ? advice.RetryDelay.ToTimeSpan() : (TimeSpan?)null;
        return new(
            error.Code,
            info.Reason,
            new Dictionary<string, string>(info.Metadata),
            fields,
            retry,
            error.Message
        );
    }
}
