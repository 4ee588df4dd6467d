using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>A change of a customer or an account as the archive keeps it.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="ReceivedAt">When it was received, exactly.</param>
/// <param name="Content">What it says, in the form of its kind; see <see cref="ChangeCodec"/>.</param>
public readonly record struct PastChange(ChangeKind Kind, Instant ReceivedAt, ReadOnlyMemory<byte> Content);
