using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Hosting;

/// <summary>Commands for partitions of one host.</summary>
/// <param name="Workspace">The workspace's name.</param>
/// <param name="Kind">What the commands do.</param>
/// <param name="Parts">Their payloads; of one partition there may be several, which are applied in their order.</param>
public sealed record HostWrite(string Workspace, CommandKind Kind, IReadOnlyList<HostPart> Parts)
{
    /// <summary>Gives back the payloads of some partitions.</summary>
    public void Release(Predicate<int> ofPartition)
    {
        foreach (var part in Parts)
        {
            if (ofPartition(part.Partition))
            {
                part.Payload.Dispose();
            }
        }
    }
}

/// <summary>A command for one partition.</summary>
/// <param name="Partition">The partition.</param>
/// <param name="Payload">What it consists of, in the form that is stored.</param>
public readonly record struct HostPart(int Partition, BlobWriter Payload);
