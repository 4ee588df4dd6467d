using Grpc.Core;
using Scoring.Core;
using Scoring.Server.Errors;

namespace Scoring.Server.Tests.Errors;

public sealed class BackendErrorTests
{
    [Theory]
    [InlineData(ScoringError.WorkspaceNotFound, StatusCode.NotFound, "WORKSPACE_NOT_FOUND", "workspace", false)]
    [InlineData(ScoringError.CustomerNotFound, StatusCode.NotFound, "CUSTOMER_NOT_FOUND", "customer_id", false)]
    [InlineData(ScoringError.AccountNotFound, StatusCode.NotFound, "ACCOUNT_NOT_FOUND", "account_id", false)]
    [InlineData(ScoringError.ModelNotFound, StatusCode.NotFound, "MODEL_NOT_FOUND", "model", false)]
    [InlineData(ScoringError.ModelVersionNotFound, StatusCode.NotFound, "MODEL_VERSION_NOT_FOUND", "model", false)]
    [InlineData(ScoringError.ModelInUse, StatusCode.FailedPrecondition, "MODEL_IN_USE", "model", false)]
    [InlineData(
        ScoringError.ReadTimeBeforeNewestEvent,
        StatusCode.FailedPrecondition,
        "READ_TIME_BEFORE_NEWEST_EVENT",
        "subject",
        false
    )]
    [InlineData(ScoringError.BeforeHistory, StatusCode.OutOfRange, "BEFORE_HISTORY", "kept_since", false)]
    [InlineData(ScoringError.InvalidArgument, StatusCode.InvalidArgument, "FIELD_INVALID", null, false)]
    [InlineData(ScoringError.ModelVersionConflict, StatusCode.Aborted, "ETAG_MISMATCH", "model", false)]
    [InlineData(ScoringError.LimitExceeded, StatusCode.FailedPrecondition, "LIMIT_EXCEEDED", "subject", false)]
    [InlineData(ScoringError.Overloaded, StatusCode.ResourceExhausted, "OVERLOADED", null, true)]
    [InlineData(ScoringError.StorageFull, StatusCode.ResourceExhausted, "STORAGE_FULL", null, true)]
    [InlineData(ScoringError.Unavailable, StatusCode.Unavailable, "UNAVAILABLE", null, true)]
    public async Task Error_of_the_backend_has_a_status_with_details(
        ScoringError error,
        StatusCode code,
        string reason,
        string? subjectKey,
        bool hasRetryAdvice
    )
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnScores = _ =>
            throw new ScoringException(error, "the message") { Subject = "x-1", Field = "customer_id" };

        var failure = await front.FailAsync<V1.GetScoreRequest, V1.CustomerScore>(
            "GetScore",
            new() { CustomerId = "x-1" }
        );

        Assert.Equal((code, reason, "the message"), (failure.Code, failure.Reason, failure.Message));
        Assert.Equal(hasRetryAdvice, failure.RetryAfter > TimeSpan.Zero);
        if (subjectKey is not null)
        {
            Assert.Equal("x-1", failure.Metadata[subjectKey]);
        }
        if (code is StatusCode.InvalidArgument or StatusCode.OutOfRange)
        {
            Assert.Equal(["customer_id"], failure.Fields);
        }
    }

    [Fact]
    public async Task Defect_of_the_backend_is_internal_and_keeps_its_text_to_the_log()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnScores = _ => throw new InvalidOperationException("secret");

        var error = await Assert.ThrowsAsync<RpcException>(() =>
            front.CallAsync<V1.GetScoreRequest, V1.CustomerScore>("GetScore", new() { CustomerId = "x-1" })
        );

        Assert.Equal(StatusCode.Internal, error.StatusCode);
        Assert.DoesNotContain("secret", error.Status.Detail, StringComparison.Ordinal);
    }

    [Fact]
    public void Every_error_of_the_domain_has_a_status_of_its_own_reason()
    {
        var reasons = Enum.GetValues<ScoringError>()
            .Select(error => CallFailure.Of(CallErrors.From(new ScoringException(error, "m"))).Reason)
            .ToList();

        Assert.Equal(reasons.Count, reasons.Distinct().Count());
    }
}
