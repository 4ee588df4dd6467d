using System.Globalization;
using System.Security.Claims;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.JwtBearer;
using Microsoft.IdentityModel.Tokens;
using Scoring.Server.Settings;
using Scoring.Server.Settings.Values;
using Scoring.V1;

namespace Scoring.Server.Access;

/// <summary>Adds who may call: the authentication of ASP.NET Core with a scheme for each kind of credentials, and a policy for each role.</summary>
internal static partial class AccessRegistration
{
    private const int MostScopes = 100;

    /// <summary>Callers wait for it where the provider does not answer.</summary>
    private static readonly TimeSpan ProviderTimeout = TimeSpan.FromSeconds(5);

    /// <summary>Adds it. In the container are <see cref="IDocuments"/>.</summary>
    public static void AddAccess(this IServiceCollection services, AccessOptions options)
    {
        services.AddSingleton(options);
        services.AddSingleton<ApiKeys>();
        services.AddSingleton<CallGuard>();
        // Endpoints are guarded by CallGuard, which evaluates their policies; no middleware does.
        services.Configure<RouteOptions>(routes => routes.SuppressCheckForUnhandledSecurityMetadata = true);
        var authentication = services
            .AddAuthentication(Schemes.Selected)
            .AddPolicyScheme(
                Schemes.Selected,
                displayName: null,
                policy => policy.ForwardDefaultSelector = http => Schemes.Select(http, options)
            );
        if (options.Kinds.Contains(AuthenticationKind.ApiKeys))
        {
            authentication.AddScheme<AuthenticationSchemeOptions, ApiKeyHandler>(
                Schemes.ApiKey,
                configureOptions: null
            );
            services.AddHostedService<KeyUseSaver>();
        }
        if (options.Kinds.Contains(AuthenticationKind.Jwt))
        {
            authentication.AddJwtBearer(Schemes.Jwt, jwt => Configure(jwt, options.Jwt));
        }
        if (options.Kinds.Contains(AuthenticationKind.Certificates))
        {
            authentication.AddScheme<AuthenticationSchemeOptions, CertificateHandler>(
                Schemes.Certificate,
                configureOptions: null
            );
        }
        services.AddAuthorizationCore(authorization =>
        {
            void Add(Role role, bool everywhere, Func<Caller, bool> may) =>
                authorization.AddPolicy(
                    NeedsAttribute.PolicyOf(role, everywhere),
                    policy => policy.RequireAssertion(call => may((Caller)call.User))
                );

            foreach (var role in new[] { Role.Ingest, Role.Read, Role.Model, Role.Admin })
            {
                Add(role, everywhere: false, caller => caller.MaySomewhere(role));
                Add(role, everywhere: true, caller => caller.May(role, AccessGrant.AnyWorkspace));
            }
        });
    }

    private static void Configure(JwtBearerOptions jwt, JwtRules rules)
    {
        jwt.MapInboundClaims = false;
        var parameters = jwt.TokenValidationParameters;
        parameters.ValidAudience = rules.Audience;
        parameters.RequireExpirationTime = true;
        if (rules.Issuer.Length > 0)
        {
            parameters.ValidIssuer = rules.Issuer;
        }
        if (rules.Keys.Length > 0)
        {
            parameters.IssuerSigningKeys = new JsonWebKeySet(rules.Keys).GetSigningKeys();
        }
        else
        {
            jwt.Authority = rules.Authority;
            jwt.BackchannelTimeout = ProviderTimeout;
            jwt.RequireHttpsMetadata = !new Uri(rules.Authority).IsLoopback;
        }
        jwt.Events = new JwtBearerEvents
        {
            OnAuthenticationFailed = LookForProviderAsync,
            OnTokenValidated = context =>
            {
                context.Principal = new ClaimsPrincipal(IdentityOf(context.Principal!, rules));
                return Task.CompletedTask;
            },
        };
    }

    /// <summary>Without the keys and the issuer of the provider no token is found good, and then the caller is not to blame.</summary>
    private static async Task LookForProviderAsync(AuthenticationFailedContext context)
    {
        if (context.Options.ConfigurationManager is not { } provider)
        {
            return;
        }
        try
        {
            await provider.GetConfigurationAsync(context.HttpContext.RequestAborted);
        }
        catch (InvalidOperationException error)
        {
            var log = context.HttpContext.RequestServices.GetRequiredService<ILogger<JwtProviderException>>();
            LogProviderUnavailable(log, error);
            context.Fail(new JwtProviderException(error));
        }
    }

    [LoggerMessage(
        LogLevel.Error,
        "The provider of tokens (JwtAuthority) cannot be asked for its keys, so callers with tokens are not let in."
    )]
    private static partial void LogProviderUnavailable(ILogger log, Exception error);

    private static ClaimsIdentity IdentityOf(ClaimsPrincipal token, JwtRules rules)
    {
        var subject = token.FindFirst("sub")?.Value ?? token.FindFirst("client_id")?.Value ?? "without subject";
        // A list of texts, or, as scopes are, one text with spaces between.
        var roles = token
            .FindAll(rules.RoleClaim)
            .SelectMany(claim => claim.Value.Split(' ', MostScopes, StringSplitOptions.RemoveEmptyEntries))
            .ToHashSet(StringComparer.Ordinal);
        var until = long.Parse(token.FindFirst("exp")!.Value, CultureInfo.InvariantCulture);
        return CallerClaims.Identity(
            Schemes.Jwt,
            $"token {Setting.Shown(subject)}",
            rules.Grants.Where(rule => roles.Contains(rule.Name)).Select(rule => rule.Grant),
            DateTimeOffset.FromUnixTimeSeconds(until)
        );
    }
}
