using System.ComponentModel;

namespace Scoring.Server.Settings.Values;

/// <summary>How callers say who they are.</summary>
[Description("ApiKeys, Jwt and Certificates, as many of them as are wanted")]
internal enum AuthenticationKind
{
    /// <summary>Keys that the server gives out.</summary>
    ApiKeys,

    /// <summary>Tokens of an OpenID Connect provider.</summary>
    Jwt,

    /// <summary>The certificate of the connection's client.</summary>
    Certificates,
}
