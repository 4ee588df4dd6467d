using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Cluster.Segments;

/// <summary>What all shards of a workspace answered.</summary>
/// <param name="Tallies">A tally of each.</param>
/// <param name="Model">The model that all used.</param>
/// <param name="ReadTime">The instant that they hold for.</param>
/// <param name="Lag">What was stored longer ago than this is in them.</param>
internal sealed record ShardTallies<T>(T[] Tallies, ScoringModel Model, Instant ReadTime, TimeSpan Lag);
