namespace Scoring.Core.Scores;

/// <summary>What limits points.</summary>
public enum LimitKind
{
    /// <summary>The cap of a dimension.</summary>
    Dimension,

    /// <summary>The floor of the score.</summary>
    Floor,

    /// <summary>The ceiling of the score.</summary>
    Ceiling,
}
