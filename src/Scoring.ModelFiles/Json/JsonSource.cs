using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Unicode;
using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Scoring.ModelFiles.Json;

/// <summary>Knows where in a JSON text each field of a protobuf message stands, and what there does not fit the message.</summary>
/// <remarks>
/// The JSON parser of protobuf does not tell lines. This walks the text once along the message's descriptor; each scalar is
/// given to that parser alone, so what is good here is good there.
/// </remarks>
public sealed class JsonSource
{
    private readonly byte[] _json;
    private readonly Dictionary<string, long> _places = new(StringComparer.Ordinal) { [""] = 0 };
    private readonly List<JsonFault> _faults = [];

    private readonly string _whole;

    private JsonSource(byte[] json, string whole) => (_json, _whole) = (json, whole);

    /// <summary>What is wrong with the text.</summary>
    public IReadOnlyList<JsonFault> Faults => _faults;

    /// <summary>Walks over a text that is to be a message.</summary>
    /// <param name="json">The text.</param>
    /// <param name="type">The message.</param>
    /// <param name="whole">What the text as a whole is called, for example "the model".</param>
    public static JsonSource Read(byte[] json, MessageDescriptor type, string whole)
    {
        var source = new JsonSource(json, whole);
        var text = new char[json.Length];
        if (Utf8.ToUtf16(json, text, out var read, out _, replaceInvalidSequences: false) != OperationStatus.Done)
        {
            source.Add(read, "", "is not text in UTF-8");
            return source;
        }
        var reader = new Utf8JsonReader(json);
        try
        {
            reader.Read();
            source.ReadMessage(ref reader, type, path: "");
            while (reader.Read()) { }
        }
        catch (JsonException error)
        {
            source.AddSyntaxError(error);
        }
        catch (InvalidOperationException)
        {
            source.Add(reader.TokenStartIndex, "", "is not JSON: a name is no Unicode text");
        }
        return source;
    }

    /// <summary>A fault of a field, at its place or at that of the innermost field around it which is in the text.</summary>
    /// <param name="path">The field, for example "terms[2].weight".</param>
    /// <param name="message">What is wrong.</param>
    public JsonFault At(string path, string message)
    {
        while (!_places.ContainsKey(path))
        {
            path = path[..Math.Max(0, path.LastIndexOfAny(['.', '[']))];
        }
        return At(_places[path], path, message);
    }

    private void ReadMessage(ref Utf8JsonReader reader, MessageDescriptor type, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Refuse(ref reader, path, $"{Named(path)} must be an object, {{ ... }}");
            return;
        }
        var seen = new HashSet<FieldDescriptor>();
        var chosen = new HashSet<OneofDescriptor>();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (place, name) = (reader.TokenStartIndex, reader.GetString()!);
            reader.Read();
            var field = Find(type, name);
            var inside = Inside(path, field?.Name ?? name);
            var problem =
                field is null
                    ? $"is unknown; known are {string.Join(", ", type.Fields.InFieldNumberOrder().Select(f => f.Name))}"
                : !seen.Add(field) ? "is given twice"
                : field.RealContainingOneof is { } choice && !chosen.Add(choice)
                    ? $"is one too many: of {string.Join(" and ", choice.Fields.Select(f => f.Name))} only one may be given"
                : null;
            if (problem is null)
            {
                ReadField(ref reader, field!, inside, place);
            }
            else
            {
                Add(place, inside, $"{inside} {problem}");
                reader.Skip();
            }
        }
    }

    private void ReadField(ref Utf8JsonReader reader, FieldDescriptor field, string path, long place)
    {
        _places[path] = place;
        if (reader.TokenType == JsonTokenType.Null)
        {
            return;
        }
        if (field.IsMap)
        {
            ReadMap(ref reader, field, path);
            return;
        }
        if (!field.IsRepeated)
        {
            ReadValue(ref reader, field, path);
            return;
        }
        if (reader.TokenType != JsonTokenType.StartArray)
        {
            Refuse(ref reader, path, $"{path} must be an array, [ ... ]");
            return;
        }
        for (var i = 0; reader.Read() && reader.TokenType != JsonTokenType.EndArray; i++)
        {
            _places[$"{path}[{i}]"] = reader.TokenStartIndex;
            ReadValue(ref reader, field, $"{path}[{i}]");
        }
    }

    private void ReadMap(ref Utf8JsonReader reader, FieldDescriptor field, string path)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            Refuse(ref reader, path, $"{path} must be an object, {{ ... }}");
            return;
        }
        var keys = new HashSet<string>(StringComparer.Ordinal);
        var value = field.MessageType.FindFieldByNumber(2);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var (place, key) = (reader.TokenStartIndex, reader.GetString()!);
            var entry = $"{path}[\"{key}\"]";
            reader.Read();
            if (!keys.Add(key))
            {
                Add(place, entry, $"{entry} is given twice");
            }
            ReadValue(ref reader, value, entry, map: field);
        }
    }

    private void ReadValue(ref Utf8JsonReader reader, FieldDescriptor field, string path, FieldDescriptor? map = null)
    {
        if (field.FieldType == FieldType.String && reader.TokenType == JsonTokenType.String && IsText(ref reader))
        {
            return;
        }
        var isOwnMessage =
            field.FieldType == FieldType.Message && field.MessageType.File.Package == field.ContainingType.File.Package;
        if (isOwnMessage)
        {
            ReadMessage(ref reader, field.MessageType, path);
            return;
        }
        var start = reader.TokenStartIndex;
        reader.Skip();
        var value = Encoding.UTF8.GetString(_json.AsSpan((int)start, (int)(reader.BytesConsumed - start)));
        var given = map ?? field;
        var alone =
            map is not null ? $$"""{ "key": {{value}} }"""
            : field.IsRepeated ? $"[{value}]"
            : value;
        try
        {
            JsonParser.Default.Parse($$"""{ "{{given.JsonName}}": {{alone}} }""", given.ContainingType);
        }
        catch (Exception error) when (error is IOException or InvalidOperationException)
        {
            Add(start, path, $"{path} must be {Expected(field)}, not {value}");
        }
    }

    /// <summary>Whether a string is Unicode text: an escape may stand for half a character.</summary>
    private static bool IsText(ref Utf8JsonReader reader)
    {
        try
        {
            return !reader.ValueIsEscaped || reader.GetString() is not null;
        }
        catch (InvalidOperationException)
        {
            return false;
        }
    }

    private void AddSyntaxError(JsonException error)
    {
        var line = (int)(error.LineNumber ?? 0) + 1;
        var column = (int)(error.BytePositionInLine ?? 0) + 1;
        // The reader adds the place in its own words, counted from 0.
        var message = error.Message.Split(" LineNumber:", 2)[0];
        _faults.Add(new JsonFault(line, column, "", $"is not JSON: {message}"));
    }

    private void Refuse(ref Utf8JsonReader reader, string path, string message)
    {
        Add(reader.TokenStartIndex, path, message);
        reader.Skip();
    }

    private void Add(long place, string field, string message) => _faults.Add(At(place, field, message));

    private JsonFault At(long place, string field, string message)
    {
        var before = _json.AsSpan(0, (int)place);
        var line = before.Count((byte)'\n') + 1;
        var column = Encoding.UTF8.GetCharCount(before[(before.LastIndexOf((byte)'\n') + 1)..]) + 1;
        return new JsonFault(line, column, field, message);
    }

    private static FieldDescriptor? Find(MessageDescriptor type, string name) =>
        type.Fields.InDeclarationOrder().FirstOrDefault(field => field.Name == name || field.JsonName == name);

    private static string Inside(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";

    private string Named(string path) => path.Length == 0 ? _whole : path;

    private static string Expected(FieldDescriptor field) =>
        field.FieldType switch
        {
            FieldType.String => "a string",
            FieldType.Double => "a number",
            FieldType.Int32 => "a whole number",
            FieldType.Bool => "true or false",
            FieldType.Enum => "one of " + string.Join(", ", field.EnumType.Values.Skip(1).Select(value => value.Name)),
            FieldType.Message => $"a {field.MessageType.FullName} as protobuf writes it in JSON",
            _ => $"a {field.FieldType}",
        };
}
