namespace Scoring.Engine.Duplicates;

/// <summary>An event id in the window: 32 bytes.</summary>
/// <param name="Key">Which event.</param>
/// <param name="Content">What it said.</param>
/// <param name="ReceivedTicks">When it was received, never earlier than the one before it.</param>
internal readonly record struct RememberedEvent(UInt128 Key, ulong Content, long ReceivedTicks);
