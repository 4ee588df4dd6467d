namespace Scoring.Engine.Moving;

/// <summary>How to move a store.</summary>
public sealed record MoveOptions
{
    /// <summary>Partitions that customers are divided among afterwards, 1 to 1,024; null for as many as before.</summary>
    public int? Partitions { get; init; }

    /// <summary>Whether what a move before left that has not ended is removed, rather than gone on with.</summary>
    public bool Restart { get; init; }

    /// <summary>Is told how far the move is.</summary>
    public Action<MoveProgress> Report { get; init; } = _ => { };
}
