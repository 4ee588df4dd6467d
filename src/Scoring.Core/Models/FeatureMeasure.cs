namespace Scoring.Core.Models;

/// <summary>What is counted of the use of features.</summary>
public enum FeatureMeasure
{
    /// <summary>Every use, those of all the features added up, over the customer's lifetime.</summary>
    Uses,

    /// <summary>Every feature that was used, once.</summary>
    Distinct,
}
