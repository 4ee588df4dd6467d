namespace Scoring.Engine.Moving;

/// <summary>An event id that is remembered.</summary>
/// <param name="Partition">The partition of its customer.</param>
/// <param name="Key">
/// Which event: XxHash128 of event id and customer id, seeded with the length of the event id, exclusive or with XxHash128 of the workspace's name.
/// </param>
/// <param name="Content">What the event said: XxHash3 of all that was recorded.</param>
/// <param name="ReceivedTicks">When it was received.</param>
public readonly record struct MovedEventId(int Partition, UInt128 Key, ulong Content, long ReceivedTicks);
