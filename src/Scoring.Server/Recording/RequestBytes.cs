using System.Buffers;
using System.Runtime.InteropServices;
using Google.Protobuf;

namespace Scoring.Server.Recording;

/// <summary>The bytes of a request to record events, until it has been read.</summary>
/// <param name="Memory">The request in protobuf's binary form.</param>
/// <param name="IsRented">Whether the memory goes back to the pool.</param>
internal readonly record struct RequestBytes(ReadOnlyMemory<byte> Memory, bool IsRented) : IDisposable
{
    /// <summary>The pool keeps arrays that nobody uses: longer ones would be much of it.</summary>
    private const int MostRented = 1 << 20;

    /// <summary>A copy, in one piece. It goes back to the pool with the request's bytes.</summary>
    public static ReadOnlyMemory<byte> Copy(in ReadOnlySequence<byte> payload)
    {
        var length = (int)payload.Length;
        var copy =
            length <= MostRented ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);
        payload.CopyTo(copy);
        return copy.AsMemory(0, length);
    }

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
            ? new(bytes, IsRented: bytes.Length <= MostRented)
            : new(request.ToByteArray(), IsRented: false);
}
