namespace Scoring.Core.History;

/// <summary>A reason for which a score changed.</summary>
public enum ScoreChangeKind
{
    /// <summary>Events that occurred between the two instants.</summary>
    Events = 1,

    /// <summary>Events that occurred before the first instant and were received after it.</summary>
    LateEvents = 2,

    /// <summary>Time: what was there at the first instant counts less, or an age was reached.</summary>
    Decay = 3,

    /// <summary>A cap of a term or of a dimension, a floor or a ceiling cuts off more, or less.</summary>
    Limit = 4,

    /// <summary>Attributes were set.</summary>
    Attributes = 5,

    /// <summary>A manual adjustment was put, removed, or expired.</summary>
    Adjustment = 6,

    /// <summary>Other customers were merged into this one.</summary>
    Merge = 7,

    /// <summary>The model's version is another.</summary>
    Model = 8,

    /// <summary>Names were removed with what the customer had under them.</summary>
    Pruning = 9,

    /// <summary>Events were voided that had been recorded wrongly, others recorded in their place.</summary>
    Correction = 10,
}
