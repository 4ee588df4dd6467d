using Scoring.Engine.Partitions;

namespace Scoring.Engine.Reads;

/// <summary>Holds the gates of several partitions, so that what is read from them belongs to one moment.</summary>
internal readonly ref struct Gates
{
    private readonly ReadOnlySpan<Partition> _held;

    private Gates(ReadOnlySpan<Partition> held) => _held = held;

    /// <summary>Enters the gates; always in rising order, so that two who do so never wait for each other.</summary>
    public static Gates Enter(ReadOnlySpan<Partition> inRisingOrder)
    {
        foreach (var partition in inRisingOrder)
        {
            partition.Gate.Enter();
        }
        return new(inRisingOrder);
    }

    public void Dispose()
    {
        foreach (var partition in _held)
        {
            partition.Gate.Exit();
        }
    }
}
