namespace Scoring.Core.Names;

/// <summary>How much of the room for names of one kind is taken.</summary>
/// <param name="Kind">The kind.</param>
/// <param name="Used">
/// Names that no model or setting names, in the partition that has most; of attributes of accounts, those of the account that has most.
/// </param>
/// <param name="Limit">Most there may be.</param>
public readonly record struct NameRoom(NameKind Kind, int Used, int Limit)
{
    /// <summary>The share of the room, in percent, from which on it is said to be nearly full.</summary>
    public const int NearlyFullPercent = 80;

    /// <summary>Whether little room is left: time to see what sends so many names.</summary>
    public bool IsNearlyFull => Used * 100L >= (long)Limit * NearlyFullPercent;
}
