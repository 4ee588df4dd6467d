namespace Scoring.Grains;

/// <summary>Which customer or account a grain is: its key is the workspace, a slash and the id.</summary>
/// <remarks>
/// Names of workspaces have no slash, so the first one parts the two and nothing in the id needs escaping: it may hold slashes, blanks and any
/// other character.
/// </remarks>
/// <param name="Workspace">The workspace's name; never empty.</param>
/// <param name="Id">The customer's or account's id; never empty.</param>
public readonly record struct CustomerKey(string Workspace, string Id)
{
    /// <summary>Reads the key of a grain.</summary>
    /// <returns>Whether it is one.</returns>
    public static bool TryParse(string? key, out CustomerKey parsed)
    {
        var slash = key?.IndexOf('/', StringComparison.Ordinal) ?? -1;
        var isKey = slash > 0 && slash < key!.Length - 1;
        parsed = isKey ? new(key![..slash], key[(slash + 1)..]) : default;
        return isKey;
    }

    /// <summary>The key of the grain.</summary>
    public override string ToString() => $"{Workspace}/{Id}";
}
