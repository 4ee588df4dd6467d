namespace Scoring.Engine.Journal;

/// <summary>A place in the chain of frames: what the next frame follows.</summary>
/// <param name="Sequence">Number of the frame; later frames have larger ones.</param>
/// <param name="Checksum">Its checksum, which its successor names.</param>
internal readonly record struct FrameLink(long Sequence, ulong Checksum);
