using System.IO.Hashing;
using System.Text;
using Scoring.Core.Recording;

namespace Scoring.Engine.Duplicates;

/// <summary>
/// Which event it is, and what it says. The key stands for workspace, customer and event id: at 128 bits, two of a billion ids share one
/// with a probability below 1e-20. The content stands for all that is recorded.
/// </summary>
/// <remarks>
/// Both are taken from the encoded event as it lies there: XxHash128 of its ids, seeded with the event id's length, exclusive or with that of the
/// workspace's name; XxHash3 of the whole.
/// </remarks>
internal readonly record struct EventIdentity(UInt128 Key, ulong Content)
{
    /// <summary>What a workspace adds to the keys of its events.</summary>
    public static UInt128 KeyOf(string workspace) => XxHash128.HashToUInt128(Encoding.UTF8.GetBytes(workspace));

    /// <summary>The identity of the event at hand, which has an event id.</summary>
    public static EventIdentity Of(UInt128 workspaceKey, EventBatch.Enumerator item) =>
        new(
            XxHash128.HashToUInt128(item.CurrentIds, item.CurrentEventIdLength) ^ workspaceKey,
            XxHash3.HashToUInt64(item.CurrentContent)
        );
}
