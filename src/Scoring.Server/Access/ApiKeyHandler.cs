using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Access;

/// <summary>Knows callers by an API key: <c>authorization: Bearer scoring_...</c>.</summary>
internal sealed class ApiKeyHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    ApiKeys keys
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        if (Request.Headers.Authorization.Count == 0)
        {
            return AuthenticateResult.NoResult();
        }
        if (Schemes.TokenOf(Request.Headers.Authorization) is not { } token)
        {
            return AuthenticateResult.Fail("The header must be \"authorization: Bearer KEY\".");
        }
        if (keys.Verify(token, out var fault) is not { } key)
        {
            return AuthenticateResult.Fail(fault);
        }
        var identity = CallerClaims.Identity(
            Scheme.Name,
            $"key {key.Id} ({key.Owner})",
            key.Grants.Select(AccessGrant.Parse),
            key.ExpiresAt,
            key.Id
        );
        return AuthenticateResult.Success(new AuthenticationTicket(new(identity), Scheme.Name));
    }
}
