using System.Globalization;
using System.Security.Claims;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Access;

/// <summary>What the server knows of a caller, whatever it showed.</summary>
internal static class CallerClaims
{
    /// <summary>What logs call it.</summary>
    public const string Name = "scoring/name";

    /// <summary>A grant, as <see cref="AccessGrant"/> writes it.</summary>
    public const string Grant = "scoring/grant";

    /// <summary>Until when that holds, in seconds since 1970.</summary>
    public const string Until = "scoring/until";

    /// <summary>The id of the API key.</summary>
    public const string KeyId = "scoring/key-id";

    /// <summary>Who somebody is.</summary>
    /// <param name="scheme">How that was found.</param>
    /// <param name="name">What logs call it.</param>
    /// <param name="grants">What it may do.</param>
    /// <param name="until">Until when that holds; null for always.</param>
    /// <param name="keyId">The id of its key; null when it has none.</param>
    public static ClaimsIdentity Identity(
        string scheme,
        string name,
        IEnumerable<AccessGrant> grants,
        DateTimeOffset? until = null,
        string? keyId = null
    )
    {
        var identity = new ClaimsIdentity(scheme, Name, roleType: null);
        identity.AddClaim(new(Name, name));
        identity.AddClaims(grants.Distinct().Select(grant => new Claim(Grant, grant.ToString())));
        if (until is { } end)
        {
            identity.AddClaim(new(Until, end.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture)));
        }
        if (keyId is not null)
        {
            identity.AddClaim(new(KeyId, keyId));
        }
        return identity;
    }
}
