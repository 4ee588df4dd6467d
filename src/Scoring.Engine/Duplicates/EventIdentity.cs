using System.Buffers.Binary;
using System.IO.Hashing;
using Scoring.Core.Recording;

namespace Scoring.Engine.Duplicates;

/// <summary>
/// Which event it is, and what it says. The key stands for workspace, customer and event id: at 128 bits, two of a billion ids share one
/// with a probability below 1e-20. The content stands for all that is recorded.
/// </summary>
internal readonly record struct EventIdentity(UInt128 Key, ulong Content)
{
    /// <summary>The identity of an event that has an event id.</summary>
    public static EventIdentity Of(int workspace, in EventRecord item)
    {
        var ids = item.CustomerId.Length + item.EventId.Length;
        var texts = item.Type.Length + item.Feature.Length + item.AccountId.Length;
        Span<byte> buffer = stackalloc byte[32 + Math.Max(ids, texts)];
        BinaryPrimitives.WriteInt32LittleEndian(buffer, workspace);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[4..], item.CustomerId.Length);
        item.CustomerId.CopyTo(buffer[8..]);
        item.EventId.CopyTo(buffer[(8 + item.CustomerId.Length)..]);
        var key = XxHash128.HashToUInt128(buffer[..(8 + ids)]);
        return new(key, ContentOf(item, buffer));
    }

    private static ulong ContentOf(in EventRecord item, Span<byte> buffer)
    {
        BinaryPrimitives.WriteInt32LittleEndian(buffer, item.OccurredAt is null ? 0 : 1);
        BinaryPrimitives.WriteInt64LittleEndian(buffer[4..], item.OccurredAt.GetValueOrDefault().Ticks);
        BinaryPrimitives.WriteDoubleLittleEndian(buffer[12..], item.Value);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[20..], item.Type.Length);
        BinaryPrimitives.WriteInt32LittleEndian(buffer[24..], item.Feature.Length);
        var text = 28;
        item.Type.CopyTo(buffer[text..]);
        text += item.Type.Length;
        item.Feature.CopyTo(buffer[text..]);
        text += item.Feature.Length;
        item.AccountId.CopyTo(buffer[text..]);
        text += item.AccountId.Length;
        return XxHash3.HashToUInt64(buffer[..text]);
    }
}
