using System.Text;

namespace Scoring.Postgres;

/// <summary>The documents that there are.</summary>
internal static class DocumentKinds
{
    /// <summary>An account in the form of <see cref="Core.Accounts.AccountRecord.Write"/>; the key is the workspace, a slash, the account.</summary>
    public const string Account = "account";

    /// <summary><see cref="StoredModels"/>; the key is the workspace.</summary>
    public const string Models = "models";

    /// <summary><see cref="StoredNames"/>; the key is the workspace.</summary>
    public const string Names = "vocabulary";

    /// <summary><see cref="StoredWorkspace"/>; the key is the workspace.</summary>
    public const string Workspace = "workspace";

    /// <summary><see cref="ImportedIds"/>; one document, of an empty key.</summary>
    public const string ImportedIds = "imported-ids";

    /// <summary>The key of a document of a workspace.</summary>
    public static byte[] KeyOf(string workspace) => Encoding.UTF8.GetBytes(workspace);

    /// <summary>The key of an account.</summary>
    public static byte[] KeyOf(string workspace, ReadOnlySpan<byte> account) =>
        [.. Encoding.UTF8.GetBytes(workspace), (byte)'/', .. account];

    /// <summary>The workspace and the account of a key. Names of workspaces have no slash.</summary>
    /// <exception cref="InvalidDataException">It is no such key.</exception>
    public static (string Workspace, string Account) AccountOf(ReadOnlySpan<byte> key)
    {
        var slash = key.IndexOf((byte)'/');
        return slash > 0
            ? (Encoding.UTF8.GetString(key[..slash]), Encoding.UTF8.GetString(key[(slash + 1)..]))
            : throw new InvalidDataException("The key of an account has no workspace.");
    }
}
