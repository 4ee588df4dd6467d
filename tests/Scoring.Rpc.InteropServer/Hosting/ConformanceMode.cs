using System.Security.Cryptography.X509Certificates;
using Google.Protobuf;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Scoring.Rpc.InteropServer.Conformance;

namespace Scoring.Rpc.InteropServer.Hosting;

/// <summary>A server under test of the Connect conformance suite: the suite says what to start, is told where that listens, and ends it by a signal.</summary>
internal static class ConformanceMode
{
    private const string Host = "127.0.0.1";

    /// <summary>Serves until the process is told to stop; the suite closes standard input long before that.</summary>
    /// <returns>The exit code.</returns>
    public static async Task<int> RunAsync(Stream input, Stream output)
    {
        var asked = await SizedMessage.ReadAsync(input, ServerCompatRequest.Parser);
        using var certificate = asked.UseTls ? CertificateOf(asked) : null;
        using var trusted = asked.ClientTlsCert.IsEmpty
            ? null
            : X509Certificate2.CreateFromPem(asked.ClientTlsCert.ToStringUtf8());
        var tls = certificate is null ? null : new SuiteServer.Tls(certificate, trusted);
        await using var app = await SuiteServer.StartAsync(
            [new SuiteServer.Endpoint(Port: 0, HttpOf(asked.HttpVersion), tls)],
            options =>
            {
                options.CompressResponses = true;
                if (asked.MessageReceiveLimit > 0)
                {
                    options.MaxReceiveMessageSize = checked((int)asked.MessageReceiveLimit);
                }
            }
        );
        var answer = new ServerCompatResponse { Host = Host, Port = (uint)SuiteServer.PortsOf(app)[0] };
        if (certificate is not null)
        {
            answer.PemCert = ByteString.CopyFromUtf8(certificate.ExportCertificatePem());
        }

        await SizedMessage.WriteAsync(output, answer);
        await app.WaitForShutdownAsync();
        return 0;
    }

    private static X509Certificate2 CertificateOf(ServerCompatRequest asked) =>
        asked.ServerCreds is { } given
            ? LoopbackCertificate.FromPem(given.Cert.ToStringUtf8(), given.Key.ToStringUtf8())
            : LoopbackCertificate.Create(TimeProvider.System);

    private static HttpProtocols HttpOf(HTTPVersion version) =>
        version switch
        {
            HTTPVersion._1 => HttpProtocols.Http1,
            HTTPVersion._2 => HttpProtocols.Http2,
            _ => throw new InvalidDataException($"{version} is not served; HTTP/1.1 and HTTP/2 are."),
        };
}
