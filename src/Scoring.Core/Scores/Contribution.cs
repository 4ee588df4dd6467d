using Scoring.Core.Models;

namespace Scoring.Core.Scores;

/// <summary>What one term of a model adds to a customer's points.</summary>
/// <param name="Term">The term.</param>
/// <param name="Quantity">The quantity at the read time, decayed where the term says so, before the cap.</param>
/// <param name="Points">weight x quantity, the quantity limited to the term's cap.</param>
/// <param name="Capped">Whether the cap limited the quantity.</param>
public sealed record Contribution(Term Term, double Quantity, double Points, bool Capped);
