using Scoring.Core.Facts;

namespace Scoring.Core.Scores;

/// <summary>What a model looks at in a customer.</summary>
/// <param name="facts">What happened.</param>
/// <param name="attributes">The attributes of all customers.</param>
/// <param name="row">The customer's row.</param>
internal readonly ref struct ScoredCustomer(FactsView facts, IAttributeSource attributes, int row)
{
    private readonly IAttributeSource _attributes = attributes;
    private readonly int _row = row;

    /// <summary>What happened.</summary>
    public FactsView Facts { get; } = facts;

    /// <summary>The value of an attribute; empty for none.</summary>
    public string AttributeOf(string key) => _attributes.ValueOf(_row, key);
}
