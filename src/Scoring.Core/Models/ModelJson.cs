using System.Text.Json;

namespace Scoring.Core.Models;

/// <summary>The form that models are stored and sent in, the same for every host.</summary>
public static class ModelJson
{
    /// <summary>How models, and what holds some, are written and read.</summary>
    public static JsonSerializerOptions Options { get; } = new() { IgnoreReadOnlyProperties = true };

    /// <summary>Writes models.</summary>
    public static byte[] Write(IReadOnlyList<ScoringModel> models) => Write<IReadOnlyList<ScoringModel>>(models);

    /// <summary>Writes what holds some.</summary>
    public static byte[] Write<T>(T content) => JsonSerializer.SerializeToUtf8Bytes(content, Options);

    /// <summary>Reads models.</summary>
    /// <exception cref="InvalidDataException">The bytes are not models.</exception>
    public static IReadOnlyList<ScoringModel> Read(byte[] content) => Read<ScoringModel[]>(content);

    /// <summary>Reads what holds some.</summary>
    /// <exception cref="InvalidDataException">The bytes are something else.</exception>
    public static T Read<T>(ReadOnlySpan<byte> content)
        where T : class
    {
        try
        {
            return JsonSerializer.Deserialize<T>(content, Options)
                ?? throw new InvalidDataException("Models are null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("Models are malformed.", e);
        }
    }
}
