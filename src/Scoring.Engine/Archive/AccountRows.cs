using Scoring.Core;

namespace Scoring.Engine.Archive;

/// <summary>The rows of accounts in an archive: they come behind those of all customers that there may be.</summary>
internal static class AccountRows
{
    /// <summary>That of the first account. Stored, and never changed.</summary>
    public const int First = Limits.Customers + 2;

    /// <summary>The row of an account in the archive, by its row among the accounts.</summary>
    public static int Of(int row) => First + row;

    /// <summary>Whether a row of the archive is an account's.</summary>
    public static bool Contain(int row) => row >= First;

    /// <summary>The row among the accounts, by that in the archive.</summary>
    public static int Among(int row) => row - First;
}
