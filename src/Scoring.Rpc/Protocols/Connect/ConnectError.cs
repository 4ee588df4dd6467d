using System.Text.Encodings.Web;
using System.Text.Json;
using Scoring.Rpc.Json;

namespace Scoring.Rpc.Protocols.Connect;

/// <summary>Errors as Connect writes them: <c>{"code", "message", "details": [{"type", "value", "debug"}]}</c>.</summary>
internal static class ConnectError
{
    /// <summary>Apostrophes and letters of any script stay readable; nothing here ends up within HTML.</summary>
    public static readonly JsonWriterOptions Options = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static byte[] ToJson(RpcException error, JsonMapping json)
    {
        using var output = new MemoryStream();
        using (var writer = new Utf8JsonWriter(output, Options))
        {
            Write(writer, error, json);
        }

        return output.ToArray();
    }

    public static void Write(Utf8JsonWriter writer, RpcException error, JsonMapping json)
    {
        writer.WriteStartObject();
        writer.WriteString("code", ConnectCode.NameOf(error.Code));
        if (error.Message.Length > 0)
        {
            writer.WriteString("message", error.Message);
        }

        if (error.Details.Count > 0)
        {
            writer.WriteStartArray("details");
            foreach (var detail in error.Details)
            {
                writer.WriteStartObject();
                writer.WriteString("type", detail.TypeUrl[(detail.TypeUrl.LastIndexOf('/') + 1)..]);
                writer.WriteString("value", BinaryValue.Encode(detail.Value.Span));
                // For people who read the answer; programs take the value.
                if (json.TryFormat(detail, out var readable))
                {
                    writer.WritePropertyName("debug");
                    writer.WriteRawValue(readable);
                }

                writer.WriteEndObject();
            }

            writer.WriteEndArray();
        }

        writer.WriteEndObject();
    }
}
