namespace Scoring.Rpc.Client.Calls;

/// <summary>What a failure of HTTP means for a call.</summary>
internal static class TransportFailure
{
    // Error codes of RFC 9113, section 7.
    private const long RefusedStream = 0x7;
    private const long Cancel = 0x8;
    private const long EnhanceYourCalm = 0xb;
    private const long InadequateSecurity = 0xc;

    /// <summary>The error of a failed transport: a reset by its code, everything else UNAVAILABLE, as no answer came.</summary>
    public static RpcException Of(Exception exception)
    {
        var code = ResetOf(exception) switch
        {
            null or RefusedStream => StatusCode.Unavailable,
            Cancel => StatusCode.Cancelled,
            EnhanceYourCalm => StatusCode.ResourceExhausted,
            InadequateSecurity => StatusCode.PermissionDenied,
            _ => StatusCode.Internal,
        };
        return new RpcException(
            code,
            $"The transport failed: {exception.GetBaseException().Message}",
            [],
            inner: exception
        );
    }

    private static long? ResetOf(Exception? exception)
    {
        for (; exception is not null; exception = exception.InnerException)
        {
            if (exception is HttpProtocolException protocol)
            {
                return protocol.ErrorCode;
            }
        }

        return null;
    }
}
