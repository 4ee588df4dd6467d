using System.Net.Sockets;
using Grpc.Core;
using Scoring.Server.Access;

namespace Scoring.Server.Calls;

/// <summary>Logs one line per call when it has ended, in the category "Scoring.Server.Access", if the settings ask for it.</summary>
internal sealed partial class AccessLog(ILoggerFactory loggers, FrontOptions options)
{
    private readonly ILogger? _log = options.AccessLog ? loggers.CreateLogger("Scoring.Server.Access") : null;

    /// <summary>Keeps the content type, in which gRPC-Web puts gRPC's from here on.</summary>
    public RequestDelegate KeepContentType(RequestDelegate next) =>
        _log is null
            ? next
            : http =>
            {
                http.Items[this] = http.Request.ContentType;
                return next(http);
            };

    /// <param name="http">The call.</param>
    /// <param name="method">Its method; null where there is none, and its path is told.</param>
    /// <param name="code">Its status.</param>
    /// <param name="elapsed">How long it took.</param>
    public void Ended(HttpContext http, string? method, StatusCode code, TimeSpan elapsed)
    {
        if (_log is not null)
        {
            LogEnded(
                _log,
                // Escaped: a path may hold line breaks.
                method ?? http.Request.Path.ToUriComponent(),
                StatusNames.Of(code),
                elapsed.TotalMilliseconds,
                Peer(http.Connection),
                http.Items[this] as string ?? "",
                http.User is Caller caller ? $" as {caller.Name}" : ""
            );
        }
    }

    /// <summary>As gRPC writes addresses.</summary>
    private static string Peer(ConnectionInfo connection) =>
        connection.RemoteIpAddress is { AddressFamily: AddressFamily.InterNetworkV6 } address
            ? $"ipv6:[{address}]:{connection.RemotePort}"
            : $"ipv4:{connection.RemoteIpAddress}:{connection.RemotePort}";

    [LoggerMessage(
        1,
        LogLevel.Information,
        "{Method} {Code} in {Milliseconds:0.000} ms from {Peer} by {ContentType}{Caller}"
    )]
    private static partial void LogEnded(
        ILogger log,
        string method,
        string code,
        double milliseconds,
        string peer,
        string contentType,
        string caller
    );
}
