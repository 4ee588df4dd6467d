using System.Collections.Concurrent;
using System.Text;
using Orleans.Metadata;
using Scoring.Core;
using Scoring.Grains.Placement;

namespace Scoring.Grains.Customers;

/// <summary>References to customers' grains, kept for those that were called lately: making one takes as long as the call.</summary>
/// <remarks>
/// There are two generations: what is found in the old one moves to the young one, and when that is full it becomes the old one. So at most as many are
/// kept as may be, and those that are called again and again are among them. Callers are in nobody's way.
/// </remarks>
internal sealed class CustomerReferences(
    IGrainFactory grains,
    GrainInterfaceTypeResolver interfaces,
    GrainOptions options
)
{
    private static readonly GrainType Type = GrainType.Create(PartitionDirectory.CustomerType);

    // The factory by itself looks this up for every reference, by reflection.
    private readonly GrainInterfaceType _interface = interfaces.GetGrainInterfaceType(typeof(ICustomerGrain));
    private readonly int _most = Math.Max(1, options.MaxActiveCustomers / 2);
    private readonly Lock _turn = new();
    private volatile Generations _generations = new(New(), New());

    /// <summary>References that are kept.</summary>
    public int Count => _generations.Young.Count + _generations.Old.Count;

    /// <summary>The grain of a customer that was called lately; null when it was not.</summary>
    /// <param name="workspace">The workspace's name.</param>
    /// <param name="id">The customer's id in UTF-8.</param>
    public ICustomerGrain? Find(string workspace, ReadOnlySpan<byte> id)
    {
        if (id.Length > Limits.IdBytes)
        {
            // The grain refuses it.
            return null;
        }
        Span<char> key = stackalloc char[workspace.Length + 1 + Limits.IdBytes];
        workspace.CopyTo(key);
        key[workspace.Length] = '/';
        var length = workspace.Length + 1 + Encoding.UTF8.GetChars(id, key[(workspace.Length + 1)..]);
        var generations = _generations;
        if (Look(generations.Young, key[..length]) is { } found)
        {
            return found;
        }
        if (Look(generations.Old, key[..length]) is { } older)
        {
            Keep(new string(key[..length]), older);
            return older;
        }
        return null;
    }

    /// <summary>The grain of a customer, which is kept from then on.</summary>
    /// <param name="workspace">The workspace's name.</param>
    /// <param name="id">The customer's id.</param>
    public ICustomerGrain Get(string workspace, string id)
    {
        var key = new CustomerKey(workspace, id).ToString();
        var made = (ICustomerGrain)grains.GetGrain(GrainId.Create(Type, key), _interface);
        Keep(key, made);
        return made;
    }

    private static ConcurrentDictionary<string, ICustomerGrain> New() => new(StringComparer.Ordinal);

    private static ICustomerGrain? Look(
        ConcurrentDictionary<string, ICustomerGrain> generation,
        ReadOnlySpan<char> key
    ) => generation.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(key, out var found) ? found : null;

    private void Keep(string key, ICustomerGrain grain)
    {
        var generations = _generations;
        if (generations.TryTakePlace(_most))
        {
            generations.Young.TryAdd(key, grain);
            return;
        }
        lock (_turn)
        {
            if (_generations == generations)
            {
                _generations = new(New(), generations.Young);
            }
        }
    }

    private sealed class Generations(
        ConcurrentDictionary<string, ICustomerGrain> young,
        ConcurrentDictionary<string, ICustomerGrain> old
    )
    {
        // A concurrent dictionary locks all of itself to count.
        private int _taken;

        public ConcurrentDictionary<string, ICustomerGrain> Young => young;

        public ConcurrentDictionary<string, ICustomerGrain> Old => old;

        public bool TryTakePlace(int most) => Interlocked.Increment(ref _taken) <= most;
    }
}
