using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using Scoring.Server.Settings;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Access;

/// <summary>Who may call.</summary>
internal sealed record AccessOptions
{
    /// <summary>How callers say who they are; empty: anybody may do everything.</summary>
    public IReadOnlyList<AuthenticationKind> Kinds { get; init; } = [];

    /// <summary>The key that may do everything from the beginning; null for none.</summary>
    public StoredKey? AdminKey { get; init; }

    /// <summary>How tokens are checked.</summary>
    public JwtRules Jwt { get; init; } = new();

    /// <summary>What certificates may do, by one of their names.</summary>
    public IReadOnlyList<GrantRule> CertificateGrants { get; init; } = [];

    /// <summary>Whether callers have to say who they are.</summary>
    public bool IsRequired => Kinds.Count > 0;
}

/// <summary>How tokens are checked (RFC 7519), and what they allow.</summary>
internal sealed record JwtRules
{
    /// <summary>The provider, whose keys and issuer are found out by OpenID Connect Discovery; empty where <see cref="Keys"/> are given.</summary>
    public string Authority { get; init; } = "";

    /// <summary>The keys that tokens are signed with, as a JSON Web Key Set (RFC 7517); empty for those of <see cref="Authority"/>.</summary>
    public string Keys { get; init; } = "";

    /// <summary>The claim "iss"; empty for what <see cref="Authority"/> says.</summary>
    public string Issuer { get; init; } = "";

    /// <summary>The claim "aud".</summary>
    public string Audience { get; init; } = "";

    /// <summary>The claim that has the roles.</summary>
    public string RoleClaim { get; init; } = "roles";

    /// <summary>What the roles allow.</summary>
    public IReadOnlyList<GrantRule> Grants { get; init; } = [];

    /// <summary>Reads <see cref="Keys"/> from a file; an empty name gives none.</summary>
    /// <exception cref="SettingException">It holds no keys, or cannot be read.</exception>
    public static string ReadKeys(string path)
    {
        if (path.Length == 0)
        {
            return "";
        }
        try
        {
            var text = File.ReadAllText(path);
            return new JsonWebKeySet(text).GetSigningKeys().Count > 0
                ? text
                : throw new SettingException($"Setting Scoring:JwtKeys: {path} has no keys that sign.");
        }
        catch (Exception error)
            when (error is IOException or UnauthorizedAccessException or ArgumentException or JsonException)
        {
            throw new SettingException($"Setting Scoring:JwtKeys: {path} is no JSON Web Key Set: {error.Message}");
        }
    }
}
