using Scoring.Core.Models;

namespace Scoring.Engine;

/// <summary>A model from a file.</summary>
/// <param name="Workspace">The workspace that it is for.</param>
/// <param name="Model">The model; its version and update time are not looked at.</param>
/// <param name="ContentHash">
/// Stands for the file's content. As long as it is the same at every start, the file never replaces a model that was put since.
/// </param>
public sealed record ModelSource(string Workspace, ScoringModel Model, string ContentHash);
