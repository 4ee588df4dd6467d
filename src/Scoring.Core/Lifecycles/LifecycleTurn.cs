namespace Scoring.Core.Lifecycles;

/// <summary>What an event does to the relationship with its customer.</summary>
internal enum LifecycleTurn
{
    /// <summary>Nothing.</summary>
    None,

    /// <summary>It ends it.</summary>
    Ends,

    /// <summary>It reopens it.</summary>
    Returns,
}
