using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Claims;
using Scoring.Server.Settings.Values;
using Scoring.V1;

namespace Scoring.Server.Access;

/// <summary>Who calls, as ASP.NET Core found out, and what was found of it since; kept for further calls with the same credentials.</summary>
internal sealed class Caller : ClaimsPrincipal
{
    private readonly AccessGrant[] _grants;
    private readonly ConcurrentDictionary<string, bool> _policies = new(StringComparer.Ordinal);

    /// <param name="principal">Who it is.</param>
    /// <param name="use">How its key is used; null when it has none.</param>
    public Caller(ClaimsPrincipal principal, KeyUse? use)
        : base(principal)
    {
        Use = use;
        Name = principal.FindFirst(CallerClaims.Name)!.Value;
        _grants = [.. principal.FindAll(CallerClaims.Grant).Select(claim => AccessGrant.Parse(claim.Value))];
        Until = principal.FindFirst(CallerClaims.Until) is { } until
            ? DateTimeOffset.FromUnixTimeSeconds(long.Parse(until.Value, CultureInfo.InvariantCulture))
            : DateTimeOffset.MaxValue;
    }

    /// <summary>What the audit log and the access log call it.</summary>
    public string Name { get; }

    /// <summary>How its key is used; null when it has none.</summary>
    public KeyUse? Use { get; }

    /// <summary>From when on its credentials do not hold any more.</summary>
    public DateTimeOffset Until { get; }

    /// <summary>Whether it has a role in a workspace; in all of them for <see cref="AccessGrant.AnyWorkspace"/>.</summary>
    public bool May(Role role, string workspace) => Array.Exists(_grants, grant => grant.Covers(role, workspace));

    /// <summary>Whether it has a role in some workspace.</summary>
    public bool MaySomewhere(Role role) => Array.Exists(_grants, grant => grant.Includes(role));

    /// <summary>What was decided for it by a policy before; null for nothing.</summary>
    public bool? Decided(string policy) => _policies.TryGetValue(policy, out var isAllowed) ? isAllowed : null;

    /// <summary>Keeps what was decided by a policy.</summary>
    public void Decide(string policy, bool isAllowed) => _policies[policy] = isAllowed;
}
