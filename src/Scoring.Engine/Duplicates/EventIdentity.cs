using System.IO.Hashing;
using Scoring.Core.Recording;

namespace Scoring.Engine.Duplicates;

/// <summary>
/// Which event it is, and what it says. The key stands for workspace, customer and event id: at 128 bits, two of a billion ids share one
/// with a probability below 1e-20. The content stands for all that is recorded.
/// </summary>
/// <remarks>Both are taken from the encoded event as it lies there: XxHash128 of its ids, seeded with workspace and length, XxHash3 of the whole.</remarks>
internal readonly record struct EventIdentity(UInt128 Key, ulong Content)
{
    /// <summary>The identity of the event at hand, which has an event id.</summary>
    public static EventIdentity Of(int workspace, EventBatch.Enumerator item)
    {
        var seed = ((long)workspace << 32) | (uint)item.CurrentEventIdLength;
        return new(XxHash128.HashToUInt128(item.CurrentIds, seed), XxHash3.HashToUInt64(item.CurrentContent));
    }
}
