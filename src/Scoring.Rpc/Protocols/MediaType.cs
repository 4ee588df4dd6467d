namespace Scoring.Rpc.Protocols;

/// <summary>Compares content types.</summary>
internal static class MediaType
{
    /// <summary>Whether a content type is this one; parameters after a semicolon are allowed.</summary>
    public static bool Is(ReadOnlySpan<char> contentType, ReadOnlySpan<char> expected)
    {
        var end = contentType.IndexOf(';');
        var type = (end < 0 ? contentType : contentType[..end]).Trim();
        return type.Equals(expected, StringComparison.OrdinalIgnoreCase);
    }
}
