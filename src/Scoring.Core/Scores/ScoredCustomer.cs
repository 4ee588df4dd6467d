using Scoring.Core.Adjustments;
using Scoring.Core.Facts;

namespace Scoring.Core.Scores;

/// <summary>What a model looks at in a customer.</summary>
/// <param name="facts">What happened.</param>
/// <param name="attributes">The attributes of all customers.</param>
/// <param name="row">The customer's row.</param>
/// <param name="adjustment">Its adjustment for the model at the instant of reading, which the model itself does not look at; null for none.</param>
internal readonly ref struct ScoredCustomer(
    FactsView facts,
    IAttributeSource attributes,
    int row,
    ScoreAdjustment? adjustment = null
)
{
    private readonly IAttributeSource _attributes = attributes;
    private readonly int _row = row;

    /// <summary>What happened.</summary>
    public FactsView Facts { get; } = facts;

    /// <summary>Its adjustment for the model at the instant of reading; null for none.</summary>
    public ScoreAdjustment? Adjustment { get; } = adjustment;

    /// <summary>The value of an attribute; empty for none.</summary>
    public string AttributeOf(string key) => _attributes.ValueOf(_row, key);
}
