namespace Scoring.Engine.Archive;

/// <summary>Where a chunk of a file is, and what is in it.</summary>
/// <param name="Offset">Where it begins.</param>
/// <param name="FirstRow">Row of its first customer. Chunks behind one another have the same when that customer is divided.</param>
/// <param name="Events">Events in it.</param>
/// <param name="Changes">Changes in it.</param>
internal readonly record struct ArchiveChunk(long Offset, int FirstRow, ushort Events, ushort Changes);
