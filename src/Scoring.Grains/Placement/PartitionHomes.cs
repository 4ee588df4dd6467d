using System.Buffers.Binary;
using System.IO.Hashing;

namespace Scoring.Grains.Placement;

/// <summary>Which silo each partition is to be on, as long as these silos are the ones there are.</summary>
/// <remarks>
/// <para>
/// Every silo has a weight for every partition, and the greatest decides (rendezvous hashing: Thaler and Ravishankar 1998, "Using name-based mappings to
/// increase hit rates"); but no silo gets more than <see cref="MostOf"/> (consistent hashing with bounded loads: Mirrokni, Thorup and Zadimoghaddam 2016).
/// All pairs are gone through from the greatest weight to the least, and a partition goes to the silo of the first pair where that has room. So the
/// outcome is the same on all silos, whatever they saw come and go, and little of it changes when one does.
/// </para>
/// <para>Weights follow from address and port alone: a server that is started again has its partitions again.</para>
/// </remarks>
public sealed class PartitionHomes
{
    private const int MostPercentOfShare = 120;

    private readonly SiloAddress[] _homes;

    /// <summary>Finds the home of each.</summary>
    /// <param name="partitions">How many partitions there are.</param>
    /// <param name="silos">At least one, in any order. Of several at the same address the newest counts.</param>
    public PartitionHomes(int partitions, IEnumerable<SiloAddress> silos)
    {
        SiloAddress[] there =
        [
            .. silos.GroupBy(silo => silo.Endpoint).Select(same => same.MaxBy(silo => silo.Generation)!),
        ];
        if (there.Length == 0)
        {
            throw new ArgumentException("There is no silo.", nameof(silos));
        }
        _homes = new SiloAddress[partitions];
        var rooms = new int[there.Length];
        Array.Fill(rooms, MostOf(partitions, there.Length));
        foreach (var (partition, silo) in Pairs(partitions, Array.ConvertAll(there, Seed)))
        {
            if (_homes[partition] is null && rooms[silo] > 0)
            {
                _homes[partition] = there[silo];
                rooms[silo]--;
            }
        }
    }

    /// <summary>Most partitions that a silo is the home of: 1.2 times its share, or its share rounded up where that is more.</summary>
    public static int MostOf(int partitions, int silos) =>
        Math.Max(partitions * MostPercentOfShare / 100 / silos, (partitions + silos - 1) / silos);

    /// <summary>The home of a partition.</summary>
    public SiloAddress Of(int partition) => _homes[partition];

    /// <summary>The pairs of partition and silo, from the greatest weight on.</summary>
    private static (int Partition, int Silo)[] Pairs(int partitions, ulong[] seeds)
    {
        var pairs = new (int Partition, int Silo)[partitions * seeds.Length];
        var order = new (ulong Weight, ulong Seed)[pairs.Length];
        for (var i = 0; i < pairs.Length; i++)
        {
            pairs[i] = (i / seeds.Length, i % seeds.Length);
            var seed = seeds[pairs[i].Silo];
            // From the greatest on. Equal weights, should there be any, go by what the silos are, not by the order they were given in.
            order[i] = (~Weight(seed, pairs[i].Partition), seed);
        }
        Array.Sort(order, pairs);
        return pairs;
    }

    private static ulong Seed(SiloAddress silo)
    {
        Span<byte> place = stackalloc byte[20];
        silo.Endpoint.Address.TryWriteBytes(place, out var length);
        BinaryPrimitives.WriteInt32LittleEndian(place[length..], silo.Endpoint.Port);
        return XxHash3.HashToUInt64(place[..(length + sizeof(int))]);
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood 2014), which spreads what differs in a few bits.</summary>
    private static ulong Weight(ulong seed, int partition)
    {
        var mixed = seed + ((ulong)(uint)(partition + 1) * 0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
