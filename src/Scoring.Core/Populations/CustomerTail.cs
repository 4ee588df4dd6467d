using Scoring.Core.Adjustments;
using Scoring.Core.Serialization;

namespace Scoring.Core.Populations;

/// <summary>
/// What stands behind the facts in a customer's stored form: sections of what few customers have, each a tag and its content. A section without content is not
/// written, so a customer who has none of it is stored as it was before there were any.
/// </summary>
internal ref struct CustomerTail
{
    private const byte AdjustmentsTag = 1;
    private const byte SurvivorTag = 2;
    private const byte MergedIdsTag = 3;

    /// <summary>A tail without sections.</summary>
    public CustomerTail() { }

    /// <summary>The customer's adjustments.</summary>
    public IReadOnlyList<ScoreAdjustment> Adjustments { get; set; } = [];

    /// <summary>The customer that it is being merged into; empty for none.</summary>
    public string SurvivorId { get; set; } = "";

    /// <summary>The ids of customers that were merged into it.</summary>
    public IReadOnlyList<string> MergedIds { get; set; } = [];

    /// <summary>Writes the sections that have content.</summary>
    public readonly void Write(ref RecordWriter writer)
    {
        if (Adjustments.Count > 0)
        {
            writer.Byte(AdjustmentsTag);
            writer.Count(Adjustments.Count);
            foreach (var adjustment in Adjustments)
            {
                adjustment.Write(ref writer);
            }
        }
        if (SurvivorId.Length > 0)
        {
            writer.Byte(SurvivorTag);
            writer.Text(SurvivorId);
        }
        if (MergedIds.Count > 0)
        {
            writer.Byte(MergedIdsTag);
            writer.Count(MergedIds.Count);
            foreach (var id in MergedIds)
            {
                writer.Text(id);
            }
        }
    }

    /// <summary>Reads the sections, up to the end of the record.</summary>
    /// <exception cref="InvalidDataException">There is something else.</exception>
    public static CustomerTail Read(ref RecordReader reader)
    {
        var tail = new CustomerTail();
        while (!reader.AtEnd)
        {
            switch (reader.Byte())
            {
                case AdjustmentsTag when tail.Adjustments.Count == 0:
                    var adjustments = new ScoreAdjustment[reader.Count()];
                    for (var i = 0; i < adjustments.Length; i++)
                    {
                        adjustments[i] = ScoreAdjustment.Read(ref reader);
                    }
                    tail.Adjustments = adjustments;
                    break;
                case SurvivorTag when tail.SurvivorId.Length == 0:
                    tail.SurvivorId = reader.String();
                    break;
                case MergedIdsTag when tail.MergedIds.Count == 0:
                    var ids = new string[reader.Count()];
                    for (var i = 0; i < ids.Length; i++)
                    {
                        ids[i] = reader.String();
                    }
                    tail.MergedIds = ids;
                    break;
                case var tag:
                    throw new InvalidDataException(
                        $"A customer's record has bytes left over, from a section {tag} on."
                    );
            }
        }
        return tail;
    }
}
