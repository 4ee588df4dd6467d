namespace Scoring.Engine;

/// <summary>Something small that a user of a store keeps in it, for all processes that have the store open: replaced as a whole, and never lost.</summary>
/// <param name="Version">1 when it was put for the first time, one more with each time; 0 when nobody has.</param>
/// <param name="Content">What it holds; empty when nobody has put it.</param>
public sealed record SharedDocument(long Version, byte[] Content)
{
    /// <summary>One that nobody has put.</summary>
    public static readonly SharedDocument None = new(Version: 0, []);
}
