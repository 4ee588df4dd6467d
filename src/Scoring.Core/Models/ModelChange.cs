namespace Scoring.Core.Models;

/// <summary>Who put a version of a model, and why.</summary>
/// <param name="Author">The caller's name; "server" for what a server loads from its files.</param>
/// <param name="Note">Why, in the author's words, at most <see cref="Limits.ChangeNoteBytes"/>; empty when nothing was said.</param>
public sealed record ModelChange(string Author, string Note);
