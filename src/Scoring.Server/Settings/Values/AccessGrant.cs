using System.ComponentModel;
using Scoring.Server.Settings.Rules;
using Scoring.V1;

namespace Scoring.Server.Settings.Values;

/// <summary>A role in a workspace, or in all of them; written ROLE@WORKSPACE.</summary>
/// <param name="Role">What may be done.</param>
/// <param name="Workspace">Where; <see cref="AnyWorkspace"/> for everywhere.</param>
[TypeConverter(typeof(ParseConverter))]
internal sealed record AccessGrant(Role Role, string Workspace)
{
    /// <summary>Stands for all workspaces.</summary>
    public const string AnyWorkspace = "*";

    private static readonly Role[] Roles = [Role.Ingest, Role.Read, Role.Model, Role.Admin];
    private static readonly NameAttribute WorkspaceName = new();

    /// <summary>Everything, everywhere.</summary>
    public static readonly AccessGrant All = new(Role.Admin, AnyWorkspace);

    /// <summary>A role as one writes it.</summary>
    public static string NameOf(Role role) => role.ToString().ToLowerInvariant();

    /// <exception cref="FormatException">It is no grant.</exception>
    public static AccessGrant Parse(string text) =>
        text.Split('@') is [var name, var workspace]
        && Array.Find(Roles, role => NameOf(role) == name) is var role and not Role.Unspecified
        && IsWorkspace(workspace)
            ? new(role, workspace)
            : throw new FormatException($"'{text}' is no grant.");

    /// <summary>Whether a text is a workspace's name, or stands for all of them.</summary>
    public static bool IsWorkspace(string text) => text == AnyWorkspace || WorkspaceName.IsValid(text);

    /// <summary>Whether it allows what a role does in a workspace.</summary>
    /// <param name="role">The role.</param>
    /// <param name="workspace">The workspace; <see cref="AnyWorkspace"/> for all of them.</param>
    public bool Covers(Role role, string workspace) =>
        Includes(role) && (Workspace == AnyWorkspace || Workspace == workspace);

    /// <summary>Whether it allows what a role does in some workspace.</summary>
    public bool Includes(Role role) => Role == role || Role == Role.Admin || (Role == Role.Model && role == Role.Read);

    public override string ToString() => $"{NameOf(Role)}@{Workspace}";
}
