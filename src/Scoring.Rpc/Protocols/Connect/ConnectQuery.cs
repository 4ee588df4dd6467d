using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;

namespace Scoring.Rpc.Protocols.Connect;

/// <summary>A request in the query of a GET.</summary>
internal sealed class ConnectQuery
{
    /// <summary>What <c>connect</c> says without its v; null if it is not there.</summary>
    public string? Version { get; private set; }

    /// <summary>The name of the format: <c>proto</c> or <c>json</c>.</summary>
    public string? Encoding { get; private set; }

    /// <summary>How the message is compressed; null if it is not said.</summary>
    public string? Compression { get; private set; }

    /// <summary>The bytes of the message; null if it is not there or is not base64 as it claims.</summary>
    public byte[]? Message { get; private set; }

    public static ConnectQuery Read(QueryString text)
    {
        var query = new ConnectQuery();
        byte[]? message = null;
        var isBase64 = false;
        foreach (var pair in new QueryStringEnumerable(text.Value))
        {
            switch (pair.DecodeName().Span)
            {
                case "connect":
                    var version = pair.DecodeValue().ToString();
                    query.Version = version.StartsWith('v') ? version[1..] : $"{version} without v";
                    break;
                case "encoding":
                    query.Encoding = pair.DecodeValue().ToString();
                    break;
                case "compression":
                    query.Compression = pair.DecodeValue().ToString();
                    break;
                case "base64":
                    isBase64 = pair.EncodedValue.Span is "1";
                    break;
                case "message":
                    // Bytes, not text: what is percent-encoded need not be UTF-8.
                    var encoded = System.Text.Encoding.UTF8.GetBytes(pair.EncodedValue.ToString());
                    message = WebUtility.UrlDecodeToBytes(encoded, 0, encoded.Length);
                    break;
            }
        }

        query.Message = isBase64 && message is not null ? FromBase64(message) : message;
        return query;
    }

    /// <summary>The alphabet is that of URLs, or the common one, whose plus sign a query means as a space; padding is as the caller likes.</summary>
    private static byte[]? FromBase64(byte[] text)
    {
        var common = System.Text.Encoding.Latin1.GetString(text).Replace('-', '+').Replace(' ', '+').Replace('_', '/');
        return BinaryValue.TryDecode(common, out var bytes) ? bytes : null;
    }
}
