namespace Scoring.Rpc;

/// <summary>One value of metadata. Keys that end in <c>-bin</c> hold bytes, all others printable ASCII text.</summary>
/// <param name="Key">In lower case.</param>
/// <param name="Text">The text; null if the entry holds bytes.</param>
/// <param name="Bytes">The bytes; empty if the entry holds text.</param>
public readonly record struct MetadataEntry(string Key, string? Text, ReadOnlyMemory<byte> Bytes);
