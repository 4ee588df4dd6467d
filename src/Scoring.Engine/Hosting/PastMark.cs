namespace Scoring.Engine.Hosting;

/// <summary>A moment in what a partition was told of a workspace's past. Moments of one archive follow one another; a partition that is opened anew has another one.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Archive">Which archive it is.</param>
/// <param name="LateRecords">How many records had come late.</param>
public sealed record PastMark(int Partition, long Archive, long LateRecords);
