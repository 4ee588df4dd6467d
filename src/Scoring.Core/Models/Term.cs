using System.Text.Json.Serialization;

namespace Scoring.Core.Models;

/// <summary>One thing that counts in a model: it brings weight x quantity points. What the quantity is of, each kind of term says.</summary>
[JsonConverter(typeof(TermJson))]
public abstract record Term
{
    private protected Term(double weight, double? cap) => (Weight, Cap) = (weight, cap);

    /// <summary>Points per unit of quantity, at most 1e12 in magnitude; negative for what speaks against engagement.</summary>
    public double Weight { get; init; }

    /// <summary>The most of the quantity that counts, in either direction, 1e-6 to 1e12; null means no limit.</summary>
    public double? Cap { get; init; }

    /// <summary>Name of the model's dimension that the term belongs to; null in a model without dimensions.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Dimension { get; init; }

    /// <summary>The points that a quantity brings: weight x quantity, the quantity limited to -cap..cap.</summary>
    public double Points(double quantity) => Weight * (Cap is { } cap ? Math.Clamp(quantity, -cap, cap) : quantity);

    /// <summary>Whether the cap limits this quantity.</summary>
    public bool Caps(double quantity) => Cap is { } cap && Math.Abs(quantity) > cap;
}
