namespace Scoring.Core.Evaluation;

/// <summary>Which signs a weight may have.</summary>
public enum SignConstraint
{
    /// <summary>Any.</summary>
    None,

    /// <summary>0 or more.</summary>
    NonNegative,

    /// <summary>0 or less.</summary>
    NonPositive,
}
