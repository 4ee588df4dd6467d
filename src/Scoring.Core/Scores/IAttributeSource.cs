namespace Scoring.Core.Scores;

/// <summary>The attributes of many customers.</summary>
internal interface IAttributeSource
{
    /// <summary>The value that a customer has of an attribute; empty for none.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="key">The attribute's key.</param>
    string ValueOf(int row, string key);
}
