using Microsoft.AspNetCore.Authorization;
using Scoring.Server.Settings.Values;
using Scoring.V1;

namespace Scoring.Server.Access;

/// <summary>Says which role a method needs, in the workspace of the request or in all of them: the policy of that name.</summary>
[AttributeUsage(AttributeTargets.Method)]
internal sealed class NeedsAttribute(Role role, bool everywhere = false)
    : AuthorizeAttribute(PolicyOf(role, everywhere))
{
    public Role Role => role;

    /// <summary>The workspace, where the method has none: all of them.</summary>
    public string? Workspace => everywhere ? AccessGrant.AnyWorkspace : null;

    /// <summary>The name of the policy.</summary>
    public static string PolicyOf(Role role, bool everywhere) =>
        everywhere ? new AccessGrant(role, AccessGrant.AnyWorkspace).ToString() : AccessGrant.NameOf(role);
}
