using Scoring.Engine.Storage;

namespace Scoring.Engine.Journal;

/// <summary>The stored form of a deletion: the id of what is deleted.</summary>
internal static class DeletionCodec
{
    public static BlobWriter Write(string id)
    {
        var payload = new BlobWriter();
        payload.Text(id);
        return payload;
    }

    /// <exception cref="InvalidDataException">It is none.</exception>
    public static string Read(ReadOnlySpan<byte> source)
    {
        var reader = new BlobReader(source);
        var id = reader.Text();
        return reader.AtEnd ? id : throw new InvalidDataException("A deletion has bytes left over.");
    }
}
