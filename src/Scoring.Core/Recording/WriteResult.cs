namespace Scoring.Core.Recording;

/// <summary>What became of a batch that was written.</summary>
/// <param name="Accepted">Elements taken: events counted, or customers or accounts added or changed.</param>
/// <param name="Duplicates">Events that had been counted before; always 0 for customers and accounts.</param>
/// <param name="Rejections">Elements not taken, by rising index.</param>
/// <param name="Durability">What this acknowledgement means.</param>
public sealed record WriteResult(
    int Accepted,
    int Duplicates,
    IReadOnlyList<Rejection> Rejections,
    Durability Durability
);
