using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Protocols;
using Scoring.Rpc.Telemetry;

namespace Scoring.Rpc.Interceptors;

/// <summary>Logs one line per call when it has ended, in the category "Scoring.Rpc.Access".</summary>
internal sealed partial class AccessLog(ILoggerFactory loggers, TimeProvider? time = null) : IRpcInterceptor
{
    private readonly ILogger _logger = loggers.CreateLogger("Scoring.Rpc.Access");
    private readonly TimeProvider _time = time ?? TimeProvider.System;

    public ValueTask InterceptAsync(CallContext call, RpcContinuation next) =>
        _logger.IsEnabled(LogLevel.Information) ? LogAsync(call, next) : next(call);

    /// <summary>Logs a call of a method that does not exist, which no interceptor sees.</summary>
    public void LogUnknown(HttpContext http, IProtocol protocol)
    {
        if (_logger.IsEnabled(LogLevel.Information))
        {
            Ended(
                http.Request.Path.ToUriComponent(),
                RpcSystem.Grpc.NameOf(StatusCode.Unimplemented),
                milliseconds: 0,
                ServerCall.PeerOf(http),
                protocol.Name,
                requests: 0,
                responses: 0
            );
        }
    }

    private async ValueTask LogAsync(CallContext call, RpcContinuation next)
    {
        var since = _time.GetTimestamp();
        Exception? thrown = null;
        try
        {
            await next(call);
        }
        catch (Exception exception)
        {
            thrown = exception;
            throw;
        }
        finally
        {
            var served = call as ServerCall;
            Ended(
                call.Method.Path,
                RpcSystem.Grpc.NameOf(call.StatusOf(thrown)),
                _time.GetElapsedTime(since).TotalMilliseconds,
                call.Peer,
                served?.Protocol,
                served?.RequestCount,
                served?.ResponseCount
            );
        }
    }

    [LoggerMessage(
        1,
        LogLevel.Information,
        "{Method} {Code} in {Milliseconds:0.000} ms from {Peer} by {Protocol}, {Requests} in, {Responses} out"
    )]
    private partial void Ended(
        string method,
        string code,
        double milliseconds,
        string peer,
        string? protocol,
        int? requests,
        int? responses
    );
}
