using System.Security.Cryptography.X509Certificates;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Options;

namespace Scoring.Server.Access;

/// <summary>Knows callers by the certificate of their connection, which was checked when that was opened: its chain, its purpose, its time, revocation.</summary>
/// <remarks>The handler that ships with ASP.NET Core would build the chain once more, without what the client sent of it and by roots of its own.</remarks>
internal sealed class CertificateHandler(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder,
    AccessOptions access
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    protected override Task<AuthenticateResult> HandleAuthenticateAsync() => Task.FromResult(Authenticate());

    private AuthenticateResult Authenticate()
    {
        if (Context.Connection.ClientCertificate is not { } certificate)
        {
            return AuthenticateResult.NoResult();
        }
        var names = NamesOf(certificate).ToList();
        var rules = access.CertificateGrants.Where(rule => names.Contains(rule.Name, StringComparer.Ordinal));
        var identity = CallerClaims.Identity(
            Scheme.Name,
            $"certificate {names.FirstOrDefault() ?? certificate.Thumbprint}",
            rules.Select(rule => rule.Grant),
            new DateTimeOffset(certificate.NotAfter)
        );
        return AuthenticateResult.Success(new AuthenticationTicket(new(identity), Scheme.Name));
    }

    /// <summary>The names that an authority gave a client: DNS names and URIs, as SPIFFE ids are, and the common name of the subject.</summary>
    private static IEnumerable<string> NamesOf(X509Certificate2 certificate)
    {
        foreach (var extension in certificate.Extensions.OfType<X509SubjectAlternativeNameExtension>())
        {
            foreach (var name in extension.EnumerateDnsNames())
            {
                yield return name;
            }
        }
        // Only the first of a kind is found.
        foreach (var kind in new[] { X509NameType.UrlName, X509NameType.SimpleName })
        {
            if (certificate.GetNameInfo(kind, forIssuer: false) is { Length: > 0 } name)
            {
                yield return name;
            }
        }
    }
}
