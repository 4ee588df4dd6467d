using System.Buffers;
using System.Runtime.InteropServices;
using Google.Protobuf;
using Scoring.Server.Memory;

namespace Scoring.Server.Recording;

/// <summary>The bytes of a request to record events, until it has been read.</summary>
/// <param name="Memory">The request in protobuf's binary form.</param>
/// <param name="IsRented">Whether the memory goes back to the pool.</param>
internal readonly record struct RequestBytes(ReadOnlyMemory<byte> Memory, bool IsRented) : IDisposable
{
    public static RequestBytes Of(V1.RecordEventRequest request) => Of(request, request.Encoded);

    public static RequestBytes Of(V1.RecordEventsRequest request) => Of(request, request.Encoded);

    public void Dispose()
    {
        if (IsRented && MemoryMarshal.TryGetArray(Memory, out var rented))
        {
            ArrayPool<byte>.Shared.Return(rented.Array!);
        }
    }

    /// <summary>A request that came as JSON has fields instead of bytes.</summary>
    private static RequestBytes Of(IMessage request, ReadOnlyMemory<byte>? encoded) =>
        encoded is { } bytes
            ? new(bytes, IsRented: MessageCopy.IsRented(bytes.Length))
            : new(request.ToByteArray(), IsRented: false);
}
