using System.Security.Authentication;

namespace Scoring.Client;

/// <summary>Says of connections that cannot be made what is likely to be wrong with the address or the certificates.</summary>
/// <param name="inner">Makes them.</param>
/// <param name="certificateFile">The client certificate that is shown; null when there is none.</param>
internal sealed class ConnectionAdvice(HttpMessageHandler inner, string? certificateFile) : DelegatingHandler(inner)
{
    // RFC 9113, section 7: an answer that is none, and that of a port which speaks HTTP/1.1 only.
    private const long ProtocolError = 0x1;
    private const long Http11Required = 0xd;

    private const string PortForGrpc = "gRPC has a port of its own, the server's setting GrpcEndpoint, 5081 unless set";

    protected override async Task<HttpResponseMessage> SendAsync(
        HttpRequestMessage request,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await base.SendAsync(request, cancellationToken);
        }
        catch (HttpRequestException e) when (Of(e, request.RequestUri!) is { } advice)
        {
            throw new ScoringConnectionException(e.HttpRequestError, advice, e);
        }
    }

    private string? Of(HttpRequestException error, Uri uri)
    {
        var address = uri.GetLeftPart(UriPartial.Authority);
        var isTls = uri.Scheme == Uri.UriSchemeHttps;
        if (Breaks(error, Http11Required))
        {
            return $"{address} is a port for HTTP/1.1; {PortForGrpc}";
        }

        if (Causes(error).OfType<AuthenticationException>().FirstOrDefault() is { } tls)
        {
            return IsNoTls(tls) ? $"{address} does not speak TLS; write http:// instead of https://" : null;
        }

        if (error.HttpRequestError is HttpRequestError.VersionNegotiationError || Breaks(error, ProtocolError))
        {
            return $"{address} does not answer in HTTP/2, which gRPC needs; {PortForGrpc}";
        }

        return !BreaksOffInHandshake(error) ? null
            : !isTls ? $"{address} does not answer in HTTP/2: if it wants TLS, write https://; otherwise {PortForGrpc}"
            : certificateFile is null
                ? $"{address} closes the connection once it is encrypted: the server asks for a client certificate (its setting TlsClientCa) and none was shown; name one by ClientTlsOptions, or on the command line by --cert and --key"
            : $"{address} closes the connection once it is encrypted: the server does not accept the client certificate {certificateFile}, for its authority (the server's setting TlsClientCa), its dates, its use, or because it was revoked";
    }

    private static bool Breaks(HttpRequestException error, long code) =>
        Causes(error).OfType<HttpProtocolException>().Any(cause => cause.ErrorCode == code);

    /// <summary>Not later: a connection that was good breaks when the server goes, whatever its address.</summary>
    private static bool BreaksOffInHandshake(HttpRequestException error) =>
        Causes(error).Any(cause => cause.Message.Contains("HTTP/2 handshake", StringComparison.Ordinal));

    private static bool IsNoTls(AuthenticationException error) =>
        error.InnerException is null && error.Message.Contains("frame", StringComparison.OrdinalIgnoreCase);

    private static IEnumerable<Exception> Causes(Exception error)
    {
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            yield return cause;
        }
    }
}
