namespace Scoring.Engine.Archive;

/// <summary>What one file of the archive holds of one customer.</summary>
/// <param name="Row">The customer's row.</param>
/// <param name="Events">Its events, by type (in the order of the file's numbers) and time of occurrence; where customers are gone through, until the next is asked for.</param>
/// <param name="Changes">What else changed it, in the order in which it was added.</param>
/// <param name="Names">What the numbers in its events stand for.</param>
internal sealed record ArchivedCustomer(
    int Row,
    ReadOnlyMemory<ArchivedEvent> Events,
    ArchivedChange[] Changes,
    IArchiveNames Names
);
