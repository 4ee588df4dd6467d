using System.Buffers;
using System.Collections.Frozen;
using Microsoft.AspNetCore.Cors.Infrastructure;
using Scoring.Rpc.Grpc;
using Scoring.Rpc.Protocols.Connect;

namespace Scoring.Rpc;

/// <summary>What pages of other origins need for calls by gRPC-Web and Connect, for the CORS middleware of ASP.NET Core.</summary>
/// <remarks>
/// <c>services.AddCors(cors => cors.AddDefaultPolicy(policy => policy.AllowRpc("https://app.example")))</c> and, behind
/// <c>UseRouting</c>, <c>app.UseCors()</c>.
/// </remarks>
public static class RpcCors
{
    /// <summary>Stands for every origin.</summary>
    public const string AnyOrigin = "*";

    private static readonly SearchValues<char> NotInOrigin = SearchValues.Create("/?#@\\* ");

    /// <summary>The longest that a browser keeps an answer about what is allowed.</summary>
    private static readonly TimeSpan PreflightAge = TimeSpan.FromHours(2);

    /// <summary>The first stands for all of them, custom metadata included, where no credentials are sent; old browsers need names.</summary>
    private static readonly string[] ExposedHeaders =
    [
        "*",
        GrpcHeaders.Status,
        GrpcHeaders.Message,
        GrpcHeaders.StatusDetails,
        GrpcHeaders.Encoding,
        GrpcHeaders.AcceptEncoding,
        "content-encoding",
        ConnectHeaders.StreamEncoding,
        ConnectHeaders.StreamAcceptEncoding,
    ];

    /// <summary>
    /// Lets pages of these origins call: POST and GET with whatever headers, as metadata has any name, and all headers of the answer
    /// to read. Cookies and other credentials of the browser stay out.
    /// </summary>
    /// <param name="policy">The policy, otherwise empty.</param>
    /// <param name="origins">Such as <c>https://app.example</c> or <c>http://localhost:3000</c>; <see cref="AnyOrigin"/> for all.</param>
    /// <returns>The same policy.</returns>
    /// <exception cref="ArgumentException">One is no origin.</exception>
    public static CorsPolicyBuilder AllowRpc(this CorsPolicyBuilder policy, params IEnumerable<string> origins)
    {
        var allowed = origins
            .Select(text =>
                TryParseOrigin(text, out var origin)
                    ? origin
                    : throw new ArgumentException(
                        $"'{text}' is no origin such as https://app.example or http://localhost:3000.",
                        nameof(origins)
                    )
            )
            .ToFrozenSet(StringComparer.Ordinal);
        policy
            .WithMethods("POST", "GET")
            .AllowAnyHeader()
            .WithExposedHeaders(ExposedHeaders)
            .SetPreflightMaxAge(PreflightAge);
        // By a function rather than a list, so that answers always say that they vary with the origin.
        return allowed.Contains(AnyOrigin) ? policy.AllowAnyOrigin() : policy.SetIsOriginAllowed(allowed.Contains);
    }

    /// <summary>Reads an origin: scheme://host or scheme://host:port without anything behind it, or <see cref="AnyOrigin"/>.</summary>
    /// <param name="text">As someone wrote it.</param>
    /// <param name="origin">As browsers write it: in lower case, without the port that the scheme has anyway.</param>
    /// <returns>Whether it is one.</returns>
    public static bool TryParseOrigin(string text, out string origin)
    {
        origin = text;
        if (text == AnyOrigin)
        {
            return true;
        }

        var hasNothingBehind =
            text.IndexOf("://", StringComparison.Ordinal) is > 0 and var end
            && text.AsSpan(end + 3).IndexOfAny(NotInOrigin) < 0;
        if (!hasNothingBehind || !Uri.TryCreate(text, UriKind.Absolute, out var uri) || uri.Host.Length == 0)
        {
            return false;
        }

        var host = uri.HostNameType == UriHostNameType.IPv6 ? uri.Host : uri.IdnHost;
        origin = $"{uri.Scheme}://{host.ToLowerInvariant()}{(uri.IsDefaultPort ? "" : $":{uri.Port}")}";
        return true;
    }
}
