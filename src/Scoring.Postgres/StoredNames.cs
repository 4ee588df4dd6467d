using System.Text.Json;

namespace Scoring.Postgres;

/// <summary>The names in use in a workspace as they are stored. Names are only ever added.</summary>
/// <param name="EventTypes">Event types that were recorded.</param>
/// <param name="Features">Features that were used.</param>
/// <param name="AttributeKeys">Keys of customers' attributes.</param>
internal sealed record StoredNames(
    IReadOnlyList<string> EventTypes,
    IReadOnlyList<string> Features,
    IReadOnlyList<string> AttributeKeys
)
{
    public static StoredNames None { get; } = new([], [], []);

    /// <exception cref="InvalidDataException">The bytes are not names.</exception>
    public static StoredNames Read(byte[] content)
    {
        try
        {
            return content.Length == 0 ? None
                : JsonSerializer.Deserialize<StoredNames>(content)
                    is { EventTypes: not null, Features: not null, AttributeKeys: not null } names
                    ? names
                : throw new InvalidDataException("A vocabulary is incomplete.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("A vocabulary is malformed.", e);
        }
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this);
}
