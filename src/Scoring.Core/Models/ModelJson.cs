using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Scoring.Core.Models;

/// <summary>The form that models are stored in, the same for every host.</summary>
public static class ModelJson
{
    private static readonly JsonSerializerOptions Options = new()
    {
        IgnoreReadOnlyProperties = true,
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { LeaveOutNoDimensions } },
    };

    /// <summary>Writes a model.</summary>
    public static byte[] Write(ScoringModel model) => JsonSerializer.SerializeToUtf8Bytes(model, Options);

    /// <summary>Reads a model.</summary>
    /// <exception cref="InvalidDataException">The bytes are none.</exception>
    public static ScoringModel Read(ReadOnlySpan<byte> content)
    {
        try
        {
            return JsonSerializer.Deserialize<ScoringModel>(content, Options)
                ?? throw new InvalidDataException("A model is null.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("A model is malformed.", e);
        }
    }

    /// <summary>A model without dimensions is stored as it was before there were any.</summary>
    private static void LeaveOutNoDimensions(JsonTypeInfo type)
    {
        foreach (var property in type.Properties.Where(p => p.PropertyType == typeof(IReadOnlyList<Dimension>)))
        {
            property.ShouldSerialize = (_, value) => value is IReadOnlyList<Dimension> { Count: > 0 };
        }
    }
}
