using Grpc.Core;

namespace Scoring.Server.Calls;

/// <summary>Logs one line per call when it has ended, in the category "Scoring.Server.Access", if the settings ask for it.</summary>
internal sealed partial class AccessLog(ILoggerFactory loggers, FrontOptions options)
{
    private readonly ILogger? _log = options.AccessLog ? loggers.CreateLogger("Scoring.Server.Access") : null;

    public void Ended(ServerCallContext context, StatusCode code, TimeSpan elapsed)
    {
        if (_log is not null)
        {
            LogEnded(
                _log,
                context.Method,
                StatusNames.Of(code),
                elapsed.TotalMilliseconds,
                context.Peer,
                context.GetHttpContext().Request.ContentType ?? ""
            );
        }
    }

    [LoggerMessage(1, LogLevel.Information, "{Method} {Code} in {Milliseconds:0.000} ms from {Peer} by {ContentType}")]
    private static partial void LogEnded(
        ILogger log,
        string method,
        string code,
        double milliseconds,
        string peer,
        string contentType
    );
}
