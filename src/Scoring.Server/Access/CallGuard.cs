using System.Runtime.CompilerServices;
using System.Security.Claims;
using System.Security.Cryptography.X509Certificates;
using Grpc.Core;
using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Caching.Memory;
using Scoring.Server.Errors;
using Scoring.Server.Settings;
using Scoring.Server.Settings.Values;
using Scoring.V1;

namespace Scoring.Server.Access;

/// <summary>Lets those through who say who they are and may do what they ask for; others are refused before their request is read.</summary>
/// <remarks>
/// Who it is, the authentication schemes of ASP.NET Core find out, and what they may, its policies decide. For each call that would cost a tenth to a
/// quarter of the call; so what was found is kept for those who call again with the same credentials: for a minute, and not longer than these hold.
/// </remarks>
internal sealed class CallGuard(AccessOptions options, ApiKeys keys, TimeProvider time) : IDisposable
{
    private const int MostKeptCharacters = 16 << 20;
    private static readonly TimeSpan KeptFor = TimeSpan.FromMinutes(1);
    private static readonly TimeSpan StreamsAfter = TimeSpan.FromSeconds(1);

    private readonly MemoryCache _ofHeaders = new(new MemoryCacheOptions { SizeLimit = MostKeptCharacters });
    private readonly ConditionalWeakTable<X509Certificate2, Caller> _ofCertificates = [];

    /// <summary>Stands before an endpoint.</summary>
    /// <param name="serve">Answers.</param>
    /// <param name="needs">The role that is needed; null for none but to be known.</param>
    /// <param name="isStream">Whether calls are streams, of which a key may have only so many.</param>
    public RequestDelegate Before(RequestDelegate serve, NeedsAttribute? needs, bool isStream = false)
    {
        if (!options.IsRequired)
        {
            return serve;
        }
        var limited = isStream ? OfFewStreams(serve) : serve;
        return http =>
            Known(http) is { } caller && (needs is null || caller.IsAllowed(needs))
                ? Serve(http, caller, limited)
                : FindOutAsync(http, limited, needs);
    }

    /// <summary>Throws unless whoever calls has the role that the method needs, in a workspace.</summary>
    /// <param name="context">The call.</param>
    /// <param name="workspace">The workspace, whether there is such a one or not.</param>
    /// <exception cref="RpcException">PERMISSION_DENIED.</exception>
    public void Require(ServerCallContext context, string workspace)
    {
        if (!options.IsRequired)
        {
            return;
        }
        var caller = (Caller)context.GetHttpContext().User;
        var role = RoleOf(context);
        if (!caller.May(role, workspace))
        {
            throw CallErrors.RoleMissing(role, workspace);
        }
    }

    /// <summary>Throws unless what a stream was opened with still holds.</summary>
    /// <exception cref="RpcException">UNAUTHENTICATED.</exception>
    public void RequireCurrent(ServerCallContext context)
    {
        if (context.GetHttpContext().User is Caller caller && !IsCurrent(caller))
        {
            throw CallErrors.CredentialsInvalid("What the stream was opened with does not hold any more.");
        }
    }

    /// <summary>Whether whoever calls has the role that the method needs in all workspaces of some grants.</summary>
    public bool MayAll(ServerCallContext context, IEnumerable<string> grants) =>
        !options.IsRequired
        || grants.All(text =>
            ((Caller)context.GetHttpContext().User).May(RoleOf(context), AccessGrant.Parse(text).Workspace)
        );

    /// <summary>Throws unless the caller's key allows to write so much at the moment.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED, with when to try again.</exception>
    public static void TakeWrites(ServerCallContext context, int elements, int bytes)
    {
        if (UseOf(context) is { } use && !use.TryWrite(elements, bytes, out var retryAfter))
        {
            throw CallErrors.RateLimited("writes", retryAfter);
        }
    }

    /// <summary>Waits until the caller's key allows to write so much: a stream is slowed down.</summary>
    public async ValueTask WaitForWritesAsync(
        ServerCallContext context,
        int elements,
        int bytes,
        CancellationToken cancellationToken
    )
    {
        while (UseOf(context) is { } use && !use.TryWrite(elements, bytes, out var retryAfter))
        {
            await Task.Delay(retryAfter, time, cancellationToken);
        }
    }

    public void Dispose() => _ofHeaders.Dispose();

    private static Role RoleOf(ServerCallContext context) =>
        context.GetHttpContext().GetEndpoint()!.Metadata.GetMetadata<NeedsAttribute>()!.Role;

    private static KeyUse? UseOf(ServerCallContext context) => (context.GetHttpContext().User as Caller)?.Use;

    private Task Serve(HttpContext http, Caller caller, RequestDelegate serve)
    {
        if (caller.Use is { } use && !use.TryCall(time, out var retryAfter))
        {
            return CallRefusal.WriteAsync(http, CallErrors.RateLimited("calls", retryAfter));
        }
        http.User = caller;
        return serve(http);
    }

    private static RequestDelegate OfFewStreams(RequestDelegate serve) =>
        async http =>
        {
            if (((Caller)http.User).Use is not { } use)
            {
                await serve(http);
                return;
            }
            using var stream = use.TryStream(out var isTaken);
            await (
                isTaken ? serve(http) : CallRefusal.WriteAsync(http, CallErrors.RateLimited("streams", StreamsAfter))
            );
        };

    /// <summary>Who calls, if that was found out before and still holds.</summary>
    private Caller? Known(HttpContext http)
    {
        var found = http.Request.Headers.Authorization switch
        {
            [{ } header] => _ofHeaders.Get<Caller>(header),
            { Count: 0 } when Certificate(http) is { } certificate => _ofCertificates.TryGetValue(
                certificate,
                out var of
            )
                ? of
                : null,
            _ => null,
        };
        return found is not null && IsCurrent(found) ? found : null;
    }

    /// <summary>Whether a caller's credentials still hold: ids of keys are not used again.</summary>
    private bool IsCurrent(Caller caller) =>
        (caller.Until == DateTimeOffset.MaxValue || time.GetUtcNow() < caller.Until)
        && (caller.Use is not { } use || keys.Find(use.KeyId) is not null);

    private async Task FindOutAsync(HttpContext http, RequestDelegate serve, NeedsAttribute? needs)
    {
        if (Known(http) is not { } caller)
        {
            var result = await http.AuthenticateAsync();
            if (!result.Succeeded || Of(result.Principal) is not { } found)
            {
                await CallRefusal.WriteAsync(http, Unauthenticated(result));
                return;
            }
            Keep(http, caller = found);
        }
        if (needs is not null && !await IsAllowedAsync(http, caller, needs))
        {
            await CallRefusal.WriteAsync(http, CallErrors.RoleMissing(needs.Role, needs.Workspace));
            return;
        }
        await Serve(http, caller, serve);
    }

    /// <summary>Null when its key was revoked a moment ago.</summary>
    private Caller? Of(ClaimsPrincipal principal)
    {
        if (principal.FindFirst(CallerClaims.KeyId) is not { } id)
        {
            return new Caller(principal, use: null);
        }
        return keys.Find(id.Value) is { } key ? new Caller(principal, keys.UseOf(key)) : null;
    }

    private void Keep(HttpContext http, Caller caller)
    {
        if (http.Request.Headers.Authorization is [{ } header])
        {
            _ofHeaders.Set(
                header,
                caller,
                new MemoryCacheEntryOptions { Size = header.Length, AbsoluteExpirationRelativeToNow = KeptFor }
            );
        }
        else if (Certificate(http) is { } certificate)
        {
            _ofCertificates.AddOrUpdate(certificate, caller);
        }
    }

    private X509Certificate2? Certificate(HttpContext http) =>
        options.Kinds.Contains(AuthenticationKind.Certificates) ? http.Connection.ClientCertificate : null;

    private static async Task<bool> IsAllowedAsync(HttpContext http, Caller caller, NeedsAttribute needs)
    {
        var authorization = http.RequestServices.GetRequiredService<IAuthorizationService>();
        var decision = await authorization.AuthorizeAsync(caller, resource: null, needs.Policy!);
        caller.Decide(needs, decision.Succeeded);
        return decision.Succeeded;
    }

    private RpcException Unauthenticated(AuthenticateResult result) =>
        result.None ? CallErrors.CredentialsMissing(options.Kinds)
        : result.Failure is JwtProviderException ? CallErrors.ProviderUnavailable()
        : CallErrors.CredentialsInvalid(Setting.Shown(result.Failure?.Message ?? ApiKeys.NotKnown));
}
