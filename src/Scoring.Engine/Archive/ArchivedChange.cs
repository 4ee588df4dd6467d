using Scoring.Core.History;
using Scoring.Core.Time;

namespace Scoring.Engine.Archive;

/// <summary>Something other than an event that changed a customer or an account, as a file of the archive holds it.</summary>
/// <param name="Row">The customer's row, or the account's of <see cref="AccountRows"/>.</param>
/// <param name="Kind">What it is.</param>
/// <param name="ReceivedAt">When it was received, exactly.</param>
/// <param name="Content">What it says, in the form of its kind; see <see cref="ChangeCodec"/>.</param>
internal readonly record struct ArchivedChange(
    int Row,
    ChangeKind Kind,
    Instant ReceivedAt,
    ReadOnlyMemory<byte> Content
)
{
    /// <summary>Adds changes whose content is to outlive what it was read from.</summary>
    public static void AddCopies(ReadOnlySpan<ArchivedChange> changes, ICollection<ArchivedChange> target)
    {
        foreach (var change in changes)
        {
            target.Add(change with { Content = change.Content.ToArray() });
        }
    }
}
