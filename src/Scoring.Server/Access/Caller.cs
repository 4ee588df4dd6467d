using System.Globalization;
using System.Security.Claims;
using Scoring.Server.Settings.Values;
using Scoring.V1;

namespace Scoring.Server.Access;

/// <summary>Who calls, as ASP.NET Core found out, and what was found of it since; kept for further calls with the same credentials.</summary>
internal sealed class Caller : ClaimsPrincipal
{
    private readonly AccessGrant[] _grants;
    private volatile NeedsAttribute[] _allowed = [];

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

    /// <summary>Whether a policy has let it in before.</summary>
    public bool IsAllowed(NeedsAttribute needs)
    {
        foreach (var allowed in _allowed)
        {
            // The attribute of a method is one object; to compare attributes by value takes reflection.
            if (ReferenceEquals(allowed, needs))
            {
                return true;
            }
        }
        return false;
    }

    /// <summary>Keeps what was decided by a policy. Of two at once one may be forgotten, and is decided again.</summary>
    public void Decide(NeedsAttribute needs, bool isAllowed) =>
        _allowed = isAllowed && !IsAllowed(needs) ? [.. _allowed, needs] : _allowed;
}
