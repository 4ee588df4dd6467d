namespace Scoring.Engine.Moving;

/// <summary>How far a move is.</summary>
/// <param name="IsVerifying">Whether everything is written and is being read again.</param>
/// <param name="Partitions">Partitions that were read, of the store that is moved or, while it is being verified, of the copy.</param>
/// <param name="OfPartitions">How many there are.</param>
/// <param name="Share">The share that is done of reading them, 0..1.</param>
/// <param name="Customers">Customers in them.</param>
/// <param name="Bytes">Bytes of the copy that were written or, while it is being verified, read.</param>
public readonly record struct MoveProgress(
    bool IsVerifying,
    int Partitions,
    int OfPartitions,
    double Share,
    long Customers,
    long Bytes
);
