using System.Text.Json;
using Scoring.V1;

namespace Scoring.Cli.Keys;

/// <summary>Grants as people write them: ROLE@WORKSPACE.</summary>
internal static class GrantText
{
    // The names of Role but its first, which is none.
    private static readonly string[] Roles = [.. System.Enum.GetNames<Role>().Skip(1).Select(NameOf)];

    /// <summary>The roles, for people.</summary>
    public static string AllRoles => $"{string.Join(", ", Roles.SkipLast(1))} or {Roles[^1]}";

    /// <summary>Reads a grant; null when it is none.</summary>
    public static Grant? Parse(string text) =>
        text.Split('@', 2) is [var role, { Length: > 0 } workspace] && Array.IndexOf(Roles, role) is var place and >= 0
            ? new Grant { Role = (Role)(place + 1), Workspace = workspace }
            : null;

    public static string Of(Grant grant) => $"{NameOf($"{grant.Role}")}@{grant.Workspace}";

    private static string NameOf(string role) => JsonNamingPolicy.KebabCaseLower.ConvertName(role);
}
