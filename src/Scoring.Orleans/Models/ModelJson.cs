using System.Text.Json;
using Scoring.Core.Models;

namespace Scoring.Cluster.Models;

/// <summary>The form that models are sent in: the one that the standalone edition stores them in.</summary>
internal static class ModelJson
{
    /// <summary>How models are written and read.</summary>
    public static JsonSerializerOptions Options { get; } = new() { IgnoreReadOnlyProperties = true };

    public static byte[] Write(IReadOnlyList<ScoringModel> models) =>
        JsonSerializer.SerializeToUtf8Bytes(models, Options);

    /// <exception cref="InvalidDataException">The bytes are not models.</exception>
    public static IReadOnlyList<ScoringModel> Read(byte[] content)
    {
        try
        {
            return JsonSerializer.Deserialize<ScoringModel[]>(content, Options)
                ?? throw new InvalidDataException("Models are null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("Models are malformed.", e);
        }
    }
}
