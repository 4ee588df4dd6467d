using Scoring.Engine.Storage;

namespace Scoring.Engine.Hosting;

/// <summary>The merges of a workspace: how many there were, and the one that is being done.</summary>
/// <param name="Number">Number of the newest merge, from 1; 0 when there was none.</param>
/// <param name="Plan">What is being done, by whoever finds it; null for nothing.</param>
internal sealed record MergeDocument(long Number, MergePlan? Plan)
{
    public byte[] Write() =>
        BlobWriter.Encode(target =>
        {
            target.Int64(Number);
            target.Text(Plan?.SurvivorId ?? "");
            target.UInt16(Plan?.CustomerIds.Count ?? 0);
            foreach (var id in Plan?.CustomerIds ?? [])
            {
                target.Text(id);
            }
        });

    /// <exception cref="StoreException">It is none.</exception>
    public static MergeDocument Read(string place, byte[] content) =>
        content.Length == 0 ? new(Number: 0, Plan: null) : BlobReader.Parse(place, content, Read);

    private static MergeDocument Read(ref BlobReader reader)
    {
        var (number, survivor) = (reader.Int64(), reader.Text());
        var ids = reader.Many(reader.UInt16(), static (ref BlobReader r) => r.Text());
        return new(number, survivor.Length > 0 ? new(survivor, ids) : null);
    }
}

/// <summary>A merge.</summary>
/// <param name="SurvivorId">The customer that the others are merged into.</param>
/// <param name="CustomerIds">The others.</param>
internal sealed record MergePlan(string SurvivorId, IReadOnlyList<string> CustomerIds);
