using System.Buffers.Binary;
using System.IO.Hashing;

namespace Scoring.Cluster.Customers;

/// <summary>Which silo each customer is to be on, as long as these silos are the ones there are.</summary>
/// <remarks>
/// Of every customer each silo has a weight, and the one with the greatest is the home (rendezvous hashing: Thaler and Ravishankar 1998, "Using
/// name-based mappings to increase hit rates"). So a silo that comes or goes changes the homes of its own customers only, and one that comes
/// back at its address has its customers again. Where a customer is activated is what the cluster's directory says, whatever its home is.
/// </remarks>
internal sealed class CustomerHomes
{
    private readonly SiloAddress[] _silos;
    private readonly ulong[] _seeds;

    /// <param name="silos">At least one, in any order.</param>
    public CustomerHomes(IEnumerable<SiloAddress> silos)
    {
        _silos = [.. silos];
        _seeds = Array.ConvertAll(_silos, Seed);
    }

    /// <summary>The home of a customer.</summary>
    public SiloAddress Of(GrainId customer)
    {
        var hash = customer.GetUniformHashCode();
        var (home, greatest) = (0, Weight(_seeds[0], hash));
        for (var i = 1; i < _seeds.Length; i++)
        {
            if (Weight(_seeds[i], hash) is var weight && weight > greatest)
            {
                (home, greatest) = (i, weight);
            }
        }
        return _silos[home];
    }

    /// <summary>Of the address and the port alone: the next process at the same place is the same silo here.</summary>
    private static ulong Seed(SiloAddress silo)
    {
        Span<byte> place = stackalloc byte[20];
        silo.Endpoint.Address.TryWriteBytes(place, out var length);
        BinaryPrimitives.WriteInt32LittleEndian(place[length..], silo.Endpoint.Port);
        return XxHash3.HashToUInt64(place[..(length + sizeof(int))]);
    }

    /// <summary>The finaliser of SplitMix64 (Steele, Lea and Flood 2014), which spreads what differs in a few bits.</summary>
    private static ulong Weight(ulong seed, uint customer)
    {
        var mixed = seed + (customer * 0x9E37_79B9_7F4A_7C15);
        mixed = (mixed ^ (mixed >> 30)) * 0xBF58_476D_1CE4_E5B9;
        mixed = (mixed ^ (mixed >> 27)) * 0x94D0_49BB_1331_11EB;
        return mixed ^ (mixed >> 31);
    }
}
