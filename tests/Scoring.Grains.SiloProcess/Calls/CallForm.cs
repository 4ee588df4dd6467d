using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Json.Serialization;
using Scoring.Core;
using Scoring.Core.Recording;

namespace Scoring.Grains.SiloProcess.Calls;

/// <summary>A call of a method by its name, without what ends the wait for it.</summary>
internal sealed record Call(string Method, JsonElement[] Arguments);

/// <summary>What a call returned, or why it did not.</summary>
internal sealed record Answer(JsonElement? Value, Refusal? Refusal, string? Failure);

/// <summary>A <see cref="ScoringException"/>.</summary>
internal sealed record Refusal(ScoringError Error, string Message, string? Field, string? Subject, TimeSpan? RetryAfter)
{
    public static Refusal Of(ScoringException e) => new(e.Error, e.Message, e.Field, e.Subject, e.RetryAfter);

    public ScoringException ToException() =>
        new(Error, Message)
        {
            Field = Field,
            Subject = Subject,
            RetryAfter = RetryAfter,
        };
}

/// <summary>How calls and answers go through a stream: the length in 4 bytes, then JSON.</summary>
internal static class CallForm
{
    /// <summary>The form of all that the port takes and gives.</summary>
    public static JsonSerializerOptions Options { get; } =
        new()
        {
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            Converters = { new BatchConverter() },
        };

    public static async Task WriteAsync<T>(Stream stream, T message, CancellationToken cancellationToken)
    {
        var content = JsonSerializer.SerializeToUtf8Bytes(message, Options);
        var framed = new byte[sizeof(int) + content.Length];
        BinaryPrimitives.WriteInt32LittleEndian(framed, content.Length);
        content.CopyTo(framed, sizeof(int));
        await stream.WriteAsync(framed, cancellationToken);
    }

    public static async Task<T> ReadAsync<T>(Stream stream, CancellationToken cancellationToken)
    {
        var length = new byte[sizeof(int)];
        await stream.ReadExactlyAsync(length, cancellationToken);
        var content = new byte[BinaryPrimitives.ReadInt32LittleEndian(length)];
        await stream.ReadExactlyAsync(content, cancellationToken);
        return JsonSerializer.Deserialize<T>(content, Options)!;
    }

    /// <summary>A batch is its workspace and its events as they are encoded.</summary>
    private sealed class BatchConverter : JsonConverter<EventBatch>
    {
        public override EventBatch Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options)
        {
            var sent = JsonSerializer.Deserialize<Sent>(ref reader, options)!;
            var batch = new EventBatch(sent.Workspace);
            for (var events = EventBatch.Read(sent.Events); events.MoveNext(); )
            {
                batch.Add(events.Current);
            }
            return batch;
        }

        public override void Write(Utf8JsonWriter writer, EventBatch value, JsonSerializerOptions options) =>
            JsonSerializer.Serialize(writer, new Sent(value.Workspace, value.Encoded.ToArray()), options);

        private sealed record Sent(string Workspace, byte[] Events);
    }
}
