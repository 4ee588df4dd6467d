using Scoring.V1;

namespace Scoring.Client;

/// <summary>What became of one batch.</summary>
/// <param name="Events">The events, as they were sent; the indexes of the rejections point into them.</param>
/// <param name="Answer">The server's answer.</param>
public readonly record struct EventBatchAnswer(IReadOnlyList<Event> Events, RecordEventsResponse Answer);
