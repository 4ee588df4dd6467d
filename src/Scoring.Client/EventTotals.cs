namespace Scoring.Client;

/// <summary>What has become of the events of an <see cref="EventSender"/> so far.</summary>
/// <param name="Sent">Events taken by <see cref="EventSender.SendAsync"/>: the sum of the other four.</param>
/// <param name="Accepted">Events counted.</param>
/// <param name="Duplicates">Events that had been counted before, for example by an attempt whose answer was lost.</param>
/// <param name="Rejected">Events that the server refused.</param>
/// <param name="Pending">Events not answered yet; after the sender gave up, events whose fate is unknown.</param>
public readonly record struct EventTotals(long Sent, long Accepted, long Duplicates, long Rejected, long Pending);
