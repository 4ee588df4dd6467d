using Scoring.Cli.Import.Rejects;

namespace Scoring.Cli.Import;

/// <summary>What became of a chunk of rows.</summary>
/// <param name="Events">Events of them that the server counts, now or since earlier.</param>
/// <param name="Witness">A customer that the server knows now; null when there is none among these rows.</param>
/// <param name="Rejects">What was not taken, in the order of the rows.</param>
internal sealed record SentChunk(long Events, string? Witness, IReadOnlyList<Reject> Rejects);
