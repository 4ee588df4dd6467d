namespace Scoring.Rpc;

/// <summary>Makes metadata of what came in HTTP headers or trailers.</summary>
internal static class ReceivedMetadata
{
    /// <summary>Adds one header line; what belongs to a protocol is left out, what a value may not hold is dropped.</summary>
    /// <remarks>Binary values of one key may come joined by commas, which base64 never contains.</remarks>
    public static void Add(Metadata metadata, string name, string value)
    {
        if (ReservedHeaders.Contains(name))
        {
            return;
        }

        var key = name.ToLowerInvariant();
        if (!Metadata.IsBinary(key))
        {
            if (!value.AsSpan().ContainsAnyExceptInRange(' ', '~'))
            {
                metadata.AddReceived(new MetadataEntry(key, value, default));
            }

            return;
        }

        foreach (var part in value.AsSpan().Split(','))
        {
            if (BinaryValue.TryDecode(value.AsSpan(part), out var bytes))
            {
                metadata.AddReceived(new MetadataEntry(key, null, bytes));
            }
        }
    }

    /// <summary>The value of an entry as a header carries it.</summary>
    public static string ToHeader(in MetadataEntry entry) => entry.Text ?? BinaryValue.Encode(entry.Bytes.Span);
}
