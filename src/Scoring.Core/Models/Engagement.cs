namespace Scoring.Core.Models;

/// <summary>What a band says of its customers in the engagement index.</summary>
public enum Engagement
{
    /// <summary>Not engaged.</summary>
    NotEngaged,

    /// <summary>Somewhat engaged.</summary>
    SomewhatEngaged,

    /// <summary>Engaged.</summary>
    Engaged,
}
