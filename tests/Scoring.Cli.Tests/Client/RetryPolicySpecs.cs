using Grpc.Core;
using Scoring.Client;

namespace Scoring.Cli.Tests.Client;

/// <summary>Which calls may succeed when they are made again.</summary>
public sealed class RetryPolicySpecs
{
    [Theory]
    [InlineData(StatusCode.Unavailable)]
    [InlineData(StatusCode.DeadlineExceeded)]
    [InlineData(StatusCode.Cancelled)]
    public void What_has_an_unknown_outcome_is_tried_again(StatusCode code) => Assert.True(CanRetry(code));

    [Theory]
    [InlineData(StatusCode.InvalidArgument)]
    [InlineData(StatusCode.ResourceExhausted)]
    [InlineData(StatusCode.Internal)]
    [InlineData(StatusCode.Unauthenticated)]
    [InlineData(StatusCode.PermissionDenied)]
    public void What_fails_again_or_names_no_time_is_not(StatusCode code) => Assert.False(CanRetry(code));

    [Fact]
    public void A_connection_that_breaks_is_tried_again_wherever_that_shows()
    {
        // As Grpc.Net.Client tells of it: within an answer, before it from a server that stops, and just as it is to be read.
        var closed = new HttpProtocolException(0, "The HTTP/2 server closed the connection.", null);

        Assert.True(CanRetry(StatusCode.Internal, closed));
        Assert.True(CanRetry(StatusCode.Internal, new HttpRequestException("Closed.", closed)));
        Assert.True(CanRetry(StatusCode.Internal, new ObjectDisposedException("HttpConnectionResponseContent")));
        Assert.False(CanRetry(StatusCode.Internal, new HttpRequestException("Not by HTTP.")));
    }

    private static bool CanRetry(StatusCode code, Exception? exception = null) =>
        RetryPolicy.CanRetry(new RpcException(new Status(code, "", exception)));
}
