using Microsoft.Extensions.Logging;

namespace Scoring.Rpc.Calls;

/// <summary>What the server says of calls; normal failures at debug, defects as errors.</summary>
internal sealed partial class CallLog(ILogger logger)
{
    private readonly ILogger _logger = logger;

    [LoggerMessage(1, LogLevel.Debug, "{Method} answered {Code}: {Message}")]
    public partial void Failed(string method, StatusCode code, string message);

    [LoggerMessage(2, LogLevel.Debug, "{Method} was cancelled by its caller.")]
    public partial void Cancelled(string method);

    [LoggerMessage(3, LogLevel.Debug, "{Method} ran into its deadline.")]
    public partial void DeadlineExceeded(string method);

    [LoggerMessage(4, LogLevel.Error, "{Method} failed unexpectedly; the caller was told {Reference}.")]
    public partial void Unexpected(string method, string reference, Exception exception);

    [LoggerMessage(5, LogLevel.Debug, "{Method}: the request body could not be read.")]
    public partial void BadRequest(string method, Exception exception);

    [LoggerMessage(6, LogLevel.Warning, "{Method}: the answer at the deadline, or what hung on its token, failed.")]
    public partial void DeadlineFailed(string method, Exception exception);
}
