using System.Text.Json;
using System.Text.Json.Serialization;

namespace Scoring.Core.Models;

/// <summary>Terms as they are stored: one of events as it always was, one of another kind under the name of that.</summary>
internal sealed class TermJson : JsonConverter<Term>
{
    // A name of its own, so that a program that knows none of an event type does not take it for recency of activity.
    private const string RecencyOfType = "RecencyOfType";

    private static readonly (string Name, Type Type)[] Kinds =
    [
        ("Feature", typeof(FeatureTerm)),
        ("Attribute", typeof(AttributeTerm)),
        ("ActiveDays", typeof(ActiveDaysTerm)),
        ("Recency", typeof(RecencyTerm)),
        (RecencyOfType, typeof(RecencyTerm)),
    ];

    public override Term Read(ref Utf8JsonReader reader, Type typeToConvert, JsonSerializerOptions options)
    {
        using var document = JsonDocument.ParseValue(ref reader);
        var root = document.RootElement;
        foreach (var (name, type) in Kinds)
        {
            if (root.TryGetProperty(name, out var term))
            {
                return (Term)term.Deserialize(type, options)!;
            }
        }
        return root.EnumerateObject().Any(property => property.Value.ValueKind == JsonValueKind.Object)
            ? throw new JsonException("A term is of a kind that this program does not know.")
            : root.Deserialize<EventTerm>(options)!;
    }

    public override void Write(Utf8JsonWriter writer, Term value, JsonSerializerOptions options)
    {
        var type = value.GetType();
        var kind = value is RecencyTerm { EventType: not null }
            ? RecencyOfType
            : Array.Find(Kinds, kind => kind.Type == type).Name;
        if (kind is null)
        {
            JsonSerializer.Serialize(writer, value, type, options);
            return;
        }
        writer.WriteStartObject();
        writer.WritePropertyName(kind);
        JsonSerializer.Serialize(writer, value, type, options);
        writer.WriteEndObject();
    }
}
