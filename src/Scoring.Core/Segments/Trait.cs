namespace Scoring.Core.Segments;

/// <summary>Something that a customer has or has not.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Name">The event type that it had, the feature that it used, or the key of an attribute.</param>
/// <param name="Value">The attribute's value; empty otherwise.</param>
public readonly record struct Trait(TraitKind Kind, string Name, string Value = "");

/// <summary>What a customer may have.</summary>
public enum TraitKind
{
    /// <summary>Events of a type, ever.</summary>
    EventType,

    /// <summary>A feature that it used, ever.</summary>
    Feature,

    /// <summary>A value of an attribute.</summary>
    Attribute,
}
