using Scoring.Core.Workspaces;
using Scoring.Engine.Partitions;

namespace Scoring.Engine.Workspaces;

/// <summary>A configured workspace.</summary>
/// <param name="Number">Its number in the store.</param>
/// <param name="Settings">Its settings.</param>
/// <param name="Hash">Divides its customers and accounts among the partitions.</param>
internal sealed record EngineWorkspace(int Number, WorkspaceSettings Settings, PartitionHash Hash);
