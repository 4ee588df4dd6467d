namespace Scoring.Core.Recording;

/// <summary>One element of a batch that was not taken.</summary>
/// <param name="Index">Place of the element in the batch, from 0.</param>
/// <param name="Reason">Why, for programs.</param>
/// <param name="Field">The field at fault in the words of the contract; empty when no single field is.</param>
/// <param name="Message">Why and what to do, for people.</param>
public sealed record Rejection(int Index, RejectionReason Reason, string Field, string Message);
