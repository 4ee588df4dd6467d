using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Engine.Partitions;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Holds several partitions for reading by one model, so that what is read from them belongs to one moment.</summary>
/// <param name="held">The partitions, which were entered.</param>
/// <param name="scans">Whether many customers will be looked at, rather than some.</param>
internal readonly ref struct Reading(ReadOnlySpan<Partition> held, bool scans)
{
    private readonly ReadOnlySpan<Partition> _held = held;

    /// <summary>Enters the partitions.</summary>
    /// <param name="inRisingOrder">The partitions.</param>
    /// <param name="workspace">The workspace that is read.</param>
    /// <param name="model">The model that it is read by.</param>
    /// <param name="scans">Whether many customers will be looked at, rather than some.</param>
    public static Reading Enter(
        ReadOnlySpan<Partition> inRisingOrder,
        EngineWorkspace workspace,
        ScoringModel model,
        bool scans
    )
    {
        var entered = 0;
        try
        {
            foreach (var partition in inRisingOrder)
            {
                partition.Access.EnterToRead(scans);
                entered++;
                var population = partition.Shares[workspace.Number].Population;
                if (!(scans ? population.CanTally(model) : population.CanScore(model)))
                {
                    MakeReady(partition.Access, population, model, scans);
                }
            }
            return new(inRisingOrder, scans);
        }
        catch
        {
            new Reading(inRisingOrder[..entered], scans).Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        foreach (var partition in _held)
        {
            partition.Access.ExitFromReading(scans);
        }
    }

    private static void MakeReady(AccessGate access, Population population, ScoringModel model, bool scans)
    {
        access.ChangeToWriting();
        try
        {
            if (scans)
            {
                population.MakeReadyToTally(model);
            }
            else
            {
                population.MakeReadyToScore(model);
            }
        }
        finally
        {
            access.ChangeToReading();
        }
    }
}
