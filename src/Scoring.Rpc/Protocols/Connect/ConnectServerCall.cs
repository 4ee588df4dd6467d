using System.Globalization;
using Microsoft.AspNetCore.Http;
using Scoring.Rpc.Calls;
using Scoring.Rpc.Compression;
using Scoring.Rpc.Hosting;
using Scoring.Rpc.Json;
using Scoring.Rpc.Messages;

namespace Scoring.Rpc.Protocols.Connect;

/// <summary>What the unary calls and the streams of Connect share: version, timeout, format and encodings.</summary>
internal abstract class ConnectServerCall : ServerCall
{
    private const int MaxTimeoutDigits = 10;

    private static readonly ProtobufFormat Protobuf = new(StatusCode.InvalidArgument);

    protected ConnectServerCall(HttpContext http, RpcMethod method, RpcServer server, bool isJson)
        : base(http, method, server) =>
        Format = isJson ? new JsonFormat(server.Json, method.Descriptor.InputType) : Protobuf;

    protected IMessageFormat Format { get; }

    /// <summary>How the caller says that it compresses; null if it does not.</summary>
    protected MessageEncoding? RequestEncoding { get; private set; }

    /// <summary>The version that the caller speaks; null if it does not say so.</summary>
    protected virtual string? Version => HeaderOrNull(ConnectHeaders.ProtocolVersion);

    /// <summary>The name of the encoding of what the caller sends; null if it names none.</summary>
    protected abstract string? RequestEncodingName { get; }

    /// <summary>The header that tells the caller which encodings it may use.</summary>
    protected abstract string AcceptedEncodings { get; }

    public override void Begin()
    {
        CheckVersion();
        if (HeaderOrNull(ConnectHeaders.Timeout) is { } timeout)
        {
            SetTimeout(ParseTimeout(timeout));
        }

        if (!MessageEncoding.TryFind(RequestEncodingName, out var encoding))
        {
            HttpContext.Response.Headers[AcceptedEncodings] = MessageEncoding.Accepted;
            throw new RpcException(
                StatusCode.Unimplemented,
                $"The encoding '{PeerText.Of(RequestEncodingName)}' is not supported; supported are {MessageEncoding.Accepted}."
            );
        }

        RequestEncoding = encoding;
    }

    protected string? HeaderOrNull(string name) =>
        HttpContext.Request.Headers.TryGetValue(name, out var values) ? values.ToString() : null;

    private static TimeSpan ParseTimeout(string text) =>
        text.Length <= MaxTimeoutDigits
        && long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var milliseconds)
            ? TimeSpan.FromMilliseconds(milliseconds)
            : throw new RpcException(
                StatusCode.InvalidArgument,
                $"The header {ConnectHeaders.Timeout} '{PeerText.Of(text)}' is not one to {MaxTimeoutDigits} digits of milliseconds."
            );

    private void CheckVersion()
    {
        var version = Version;
        if (version is null ? Server.Options.RequireConnectProtocolVersion : version != ConnectHeaders.Version)
        {
            throw new RpcException(
                StatusCode.InvalidArgument,
                $"The header {ConnectHeaders.ProtocolVersion} (of a GET the parameter connect) "
                    + (version is null ? "is missing" : $"is '{PeerText.Of(version)}'")
                    + $"; it must be {ConnectHeaders.Version} (v{ConnectHeaders.Version})."
            );
        }
    }
}
