using System.Diagnostics.CodeAnalysis;
using Microsoft.Extensions.DependencyInjection;
using Orleans.GrainDirectory;
using Orleans.Runtime.GrainDirectory;

namespace Scoring.Grains.Placement;

/// <summary>Says where customers and accounts are active: where their partition is. It is worked out, so nothing is registered, and nothing looked up elsewhere.</summary>
/// <remarks>
/// <para>
/// The directory that Orleans has by itself costs a customer that is activated a call to another silo, and every silo that calls it an entry in a cache that goes
/// on pointing to where the customer was. Here what a silo knows of partitions is what it knows of customers.
/// </para>
/// <para>
/// Silos that know different things may activate a customer twice. That does no harm: an activation holds nothing, and one whose partition is elsewhere
/// says so and goes.
/// </para>
/// <para>It is directory and cache in one, the latter for all directories that are not Orleans' own; what is in others is not cached.</para>
/// </remarks>
/// <param name="services">Gives what it works by, once it is asked: what that needs needs directories to be made.</param>
internal sealed class PartitionDirectory(IServiceProvider services) : IGrainDirectory, IGrainDirectoryCache
{
    public const string Name = "scoring.partitions";

    public const string CustomerType = "scoring.customer";

    public const string AccountType = "scoring.account";

    private static readonly GrainType Customers = GrainType.Create(CustomerType);
    private static readonly GrainType Accounts = GrainType.Create(AccountType);

    private readonly Lazy<PartitionHashes> _hashes = new(services.GetRequiredService<PartitionHashes>);
    private readonly Lazy<IPartitionLocations> _locations = new(services.GetRequiredService<IPartitionLocations>);

    /// <inheritdoc/>
    public IEnumerable<(GrainAddress ActivationAddress, int Version)> KeyValues => [];

    /// <inheritdoc/>
    public bool LookUp(GrainId key, [NotNullWhen(true)] out GrainAddress? result, out int version)
    {
        version = 0;
        result = Find(key);
        return result is not null;
    }

    /// <inheritdoc/>
    public Task<GrainAddress?> Lookup(GrainId grainId) => Task.FromResult(Find(grainId));

    /// <inheritdoc/>
    public Task<GrainAddress?> Register(GrainAddress address) => Task.FromResult<GrainAddress?>(address);

    /// <inheritdoc/>
    public Task<GrainAddress?> Register(GrainAddress address, GrainAddress? previousAddress) => Register(address);

    /// <inheritdoc/>
    public Task Unregister(GrainAddress address) => Task.CompletedTask;

    /// <inheritdoc/>
    public Task UnregisterSilos(List<SiloAddress> siloAddresses) => Task.CompletedTask;

    /// <inheritdoc/>
    public void AddOrUpdate(GrainAddress value, int version) { }

    /// <inheritdoc/>
    public bool Remove(GrainId key) => false;

    /// <inheritdoc/>
    public bool Remove(GrainAddress key) => false;

    /// <inheritdoc/>
    public void Clear() { }

    private GrainAddress? Find(GrainId grain)
    {
        if (grain.Type != Customers && grain.Type != Accounts)
        {
            return null;
        }
        return _hashes.Value.TryFind(grain.Key.AsSpan(), out var partition)
            ? new GrainAddress { GrainId = grain, SiloAddress = _locations.Value.LocationOf(partition) }
            : null;
    }
}
