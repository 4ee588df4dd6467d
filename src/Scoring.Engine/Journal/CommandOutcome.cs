using Scoring.Core.Recording;

namespace Scoring.Engine.Journal;

/// <summary>What became of one command.</summary>
internal readonly record struct CommandOutcome(int Accepted, int Duplicates, IReadOnlyList<Rejection> Rejections);
