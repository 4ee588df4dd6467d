using Scoring.Core.Models;

namespace Scoring.Core.History;

/// <summary>A part of the difference between two scores.</summary>
/// <remarks>All terms of one event type or attribute are told of together, a term of anything else by itself; so are caps of terms. A customer that was merged is one part.</remarks>
/// <param name="Kind">Its reason.</param>
/// <param name="Term">The term that it comes by; null where it is none of one term's.</param>
/// <param name="Subject">What it is about: the event type, the dimension that is limited, the attribute, the customer that was merged; otherwise empty.</param>
/// <param name="Events">How many events it is made of; 0 where it is of none.</param>
/// <param name="Micros">What it adds to the score, in millionths of a point of score.</param>
public sealed record ScoreChangePart(ScoreChangeKind Kind, Term? Term, string Subject, long Events, long Micros);
