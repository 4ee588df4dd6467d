using System.Net;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using Scoring.Server.Access;
using Scoring.Server.Settings.Values;

namespace Scoring.Server.Tests.Access;

/// <summary>A provider of tokens, whose key is gone with the test.</summary>
internal sealed class Provider : IDisposable
{
    public const string Issuer = "https://login.example";
    public const string Audience = "scoring";

    private readonly RSA _rsa = RSA.Create(2048);

    public byte[] PublicKey => _rsa.ExportSubjectPublicKeyInfo();

    /// <summary>How a server knows its tokens, and what their roles allow there.</summary>
    public AccessOptions Accept(AccessOptions access, params string[] grants) =>
        access with
        {
            Kinds = [AuthenticationKind.ApiKeys, AuthenticationKind.Jwt],
            Jwt = new JwtRules
            {
                Keys = KeySet(),
                Issuer = Issuer,
                Audience = Audience,
                Grants = [.. grants.Select(GrantRule.Parse)],
            },
        };

    /// <summary>A token that is signed, whatever stands in it.</summary>
    public string Sign(string header, string payload)
    {
        var text = $"{Base64UrlEncoder.Encode(header)}.{Base64UrlEncoder.Encode(payload)}";
        var signature = _rsa.SignData(
            Encoding.ASCII.GetBytes(text),
            HashAlgorithmName.SHA256,
            RSASignaturePadding.Pkcs1
        );
        return $"{text}.{Base64UrlEncoder.Encode(signature)}";
    }

    public string Create(
        Dictionary<string, object>? claims = null,
        string issuer = Issuer,
        string audience = Audience,
        DateTime? notBefore = null,
        DateTime? expires = null,
        SecurityKey? key = null,
        string algorithm = SecurityAlgorithms.RsaSha256,
        string subject = "batch-job"
    )
    {
        var handler = new JsonWebTokenHandler { SetDefaultTimesOnTokenCreation = false };
        return handler.CreateToken(
            new SecurityTokenDescriptor
            {
                Issuer = issuer,
                Audience = audience,
                NotBefore = notBefore,
                Expires = expires == DateTime.MaxValue ? null : expires ?? DateTime.UtcNow.AddHours(1),
                Claims = new Dictionary<string, object>(claims ?? new() { ["roles"] = "crm" }) { ["sub"] = subject },
                SigningCredentials = new SigningCredentials(
                    key ?? new RsaSecurityKey(_rsa) { KeyId = "one" },
                    algorithm
                ),
            }
        );
    }

    /// <summary>Answers OpenID Connect Discovery, until what is given is disposed of.</summary>
    public async Task<Discovery> PublishAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0));
        var app = builder.Build();
        app.MapGet(
            "/.well-known/openid-configuration",
            (HttpRequest request) => Results.Json(new { issuer = Issuer, jwks_uri = $"http://{request.Host}/keys" })
        );
        app.MapGet("/keys", () => Results.Content(KeySet(), "application/json"));
        await app.StartAsync(TestContext.Current.CancellationToken);
        return new Discovery(app);
    }

    public void Dispose() => _rsa.Dispose();

    private string KeySet()
    {
        var key = JsonWebKeyConverter.ConvertFromRSASecurityKey(
            new RsaSecurityKey(_rsa.ExportParameters(includePrivateParameters: false)) { KeyId = "one" }
        );
        return JsonSerializer.Serialize(
            new
            {
                keys = new[]
                {
                    new
                    {
                        kty = key.Kty,
                        kid = key.Kid,
                        n = key.N,
                        e = key.E,
                        use = "sig",
                    },
                },
            }
        );
    }
}

/// <summary>Where a provider tells its keys.</summary>
internal sealed class Discovery(WebApplication app) : IAsyncDisposable
{
    public string Address => app.Urls.Single();

    public ValueTask DisposeAsync() => app.DisposeAsync();
}
