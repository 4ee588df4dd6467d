using Scoring.Engine;

namespace Scoring.Postgres;

/// <summary>The newest claim of this process to each partition, and whether it is known to be lost. From any thread.</summary>
internal sealed class ClaimedEpochs
{
    // Zero: never claimed, or released. Negative: lost.
    private readonly long[] _epochs = new long[StoreBounds.Partitions];

    /// <summary>Whether a partition is claimed and not known to be lost.</summary>
    public bool Contains(int partition) => Volatile.Read(ref _epochs[partition]) > 0;

    /// <summary>The epoch under which to write.</summary>
    /// <param name="partition">The partition.</param>
    /// <param name="isLost">Whether somebody else is known to have claimed it since.</param>
    /// <exception cref="InvalidOperationException">It was not claimed: a fault of the program.</exception>
    public long EpochOf(int partition, out bool isLost)
    {
        var epoch = Volatile.Read(ref _epochs[partition]);
        isLost = epoch < 0;
        return epoch == 0
            ? throw new InvalidOperationException($"Partition {partition} is written to and was not claimed.")
            : Math.Abs(epoch);
    }

    public void Add(int partition, long epoch) => Volatile.Write(ref _epochs[partition], epoch);

    public void Lose(int partition) =>
        Volatile.Write(ref _epochs[partition], -Math.Abs(Volatile.Read(ref _epochs[partition])));

    /// <summary>Forgets a claim; false when there is none, or it is lost.</summary>
    public bool Remove(int partition, out long epoch) => (epoch = Interlocked.Exchange(ref _epochs[partition], 0)) > 0;

    /// <summary>The claims to partitions of one database that are not known to be lost.</summary>
    public (short[] Partitions, long[] Epochs) Of(int database, int databases)
    {
        var partitions = new List<short>();
        var epochs = new List<long>();
        for (var partition = database; partition < _epochs.Length; partition += databases)
        {
            if (Volatile.Read(ref _epochs[partition]) is var epoch and > 0)
            {
                partitions.Add((short)partition);
                epochs.Add(epoch);
            }
        }
        return ([.. partitions], [.. epochs]);
    }
}
