using System.Buffers;

namespace Scoring.Server.Memory;

/// <summary>Copies of messages in one piece, in arrays of the pool unless they are long: the pool keeps what nobody uses.</summary>
internal static class MessageCopy
{
    private const int MostRented = 1 << 20;

    /// <summary>Copies a message.</summary>
    public static ReadOnlyMemory<byte> Of(in ReadOnlySequence<byte> message)
    {
        var length = (int)message.Length;
        var copy = IsRented(length) ? ArrayPool<byte>.Shared.Rent(length) : GC.AllocateUninitializedArray<byte>(length);
        message.CopyTo(copy);
        return copy.AsMemory(0, length);
    }

    /// <summary>Whether the copy of a message of so many bytes goes back to the pool.</summary>
    public static bool IsRented(int length) => length <= MostRented;
}
