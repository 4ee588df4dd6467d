using Scoring.Core.History;

namespace Scoring.Engine.Hosting;

/// <summary>A question for some of the events of a partition's archive as it is put to a host.</summary>
/// <param name="Query">The question.</param>
/// <param name="ModelVersion">The version of the model that its filter is to be read by.</param>
/// <param name="Partition">The partition.</param>
/// <param name="Place">Where to go on.</param>
public sealed record EventExportQuestion(EventExportQuery Query, int ModelVersion, int Partition, EventPlace Place);
