using Scoring.Core.Models;

namespace Scoring.Engine.Moving;

/// <summary>A model that goes from one store to another.</summary>
/// <param name="Model">Its newest version.</param>
/// <param name="SourceHash">Stands for the content of the file of this name that was loaded last; empty for none.</param>
public sealed record MovedModel(ScoringModel Model, string SourceHash);
