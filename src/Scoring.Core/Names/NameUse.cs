namespace Scoring.Core.Names;

/// <summary>A name and what uses it.</summary>
/// <param name="Name">The name.</param>
/// <param name="LastDay">
/// The UTC day that it was last received on, counted from 1970-01-01; null when that is not known: it has not been received yet, or by no
/// version that kept it, or it is an attribute of accounts.
/// </param>
/// <param name="Holders">Customers or accounts that have it; null for features, which are not counted.</param>
/// <param name="UsedBy">The models and settings that name it, in words. Such a name has room always and is never removed.</param>
public sealed record NameUse(KnownName Name, int? LastDay, long? Holders, IReadOnlyList<string> UsedBy);
