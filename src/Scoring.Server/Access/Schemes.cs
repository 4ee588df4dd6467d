using Microsoft.Extensions.Primitives;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Access;

/// <summary>The authentication schemes.</summary>
internal static class Schemes
{
    /// <summary>Hands each call on to the scheme of what its caller shows.</summary>
    public const string Selected = "scoring";

    public const string ApiKey = "api-key";
    public const string Jwt = "jwt";
    public const string Certificate = "certificate";

    private const string Bearer = "Bearer ";

    /// <summary>The token of an Authorization header (RFC 6750); null when there is none.</summary>
    public static string? TokenOf(StringValues header) =>
        header is [{ } text] && text.StartsWith(Bearer, StringComparison.OrdinalIgnoreCase)
            ? text[Bearer.Length..].Trim()
            : null;

    /// <summary>The scheme of what a caller shows.</summary>
    public static string Select(HttpContext http, AccessOptions options)
    {
        var kinds = options.Kinds;
        if (http.Request.Headers.Authorization.Count == 0 && kinds.Contains(AuthenticationKind.Certificates))
        {
            return Certificate;
        }
        var isKey = TokenOf(http.Request.Headers.Authorization)?.StartsWith(KeyText.Prefix, StringComparison.Ordinal);
        return kinds.Contains(AuthenticationKind.ApiKeys) && (isKey == true || !kinds.Contains(AuthenticationKind.Jwt))
                ? ApiKey
            : kinds.Contains(AuthenticationKind.Jwt) ? Jwt
            : Certificate;
    }
}
