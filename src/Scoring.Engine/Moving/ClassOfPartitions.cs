using Scoring.Core.Time;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Moving;

/// <summary>Partitions of a store that is being made, which are filled together because no others have customers of the same partitions of the other store.</summary>
/// <param name="place">The store that is being made.</param>
/// <param name="partitions">The partitions by number, empty.</param>
/// <param name="hashes">By workspace, how its customers are divided.</param>
/// <param name="eventIds">How many event ids they are given, more or less.</param>
/// <param name="sum">Is added what is read.</param>
internal sealed class ClassOfPartitions(
    string place,
    IReadOnlyDictionary<int, Partition> partitions,
    IReadOnlyList<PartitionHash> hashes,
    long eventIds,
    StoreSum sum
)
{
    private readonly MergedEventIds _eventIds = new(eventIds);
    private readonly List<(int Workspace, byte[] Content)> _names = [];
    private Instant _lastReceipt = Instant.MinValue;

    /// <summary>Adds all that a partition of the other store holds.</summary>
    /// <param name="source">The partition.</param>
    /// <param name="added">Is called for every customer.</param>
    /// <exception cref="StoreException">It is more than a partition has room for.</exception>
    public void Add(Partition source, Action added)
    {
        sum.Add(
            source,
            (workspace, customer, encoded) =>
            {
                var share = partitions[hashes[workspace].Of(customer.Id)].Shares[workspace];
                if (!share.Population.HasRoomFor(customer.Id, customer.Account))
                {
                    throw new StoreException(
                        place,
                        "a partition would have more customers than it has room for. Begin anew with more of them: --partitions and --restart."
                    );
                }
                share.LoadCustomer(entry: 0, encoded);
                added();
            },
            (workspace, id, encoded) =>
                partitions[hashes[workspace].Of(id)].Shares[workspace].LoadAccount(entry: 0, encoded)
        );
        AddNames(source);
        _eventIds.Add(source.Window);
        _lastReceipt = Instant.Max(_lastReceipt, source.LastReceipt);
    }

    /// <summary>Adds what must come behind all customers.</summary>
    public void Complete()
    {
        _eventIds.WriteTo(partitions.Values.Select(partition => partition.Window));
        foreach (var partition in partitions.Values)
        {
            _names.ForEach(names => partition.Shares[names.Workspace].LoadNames(names.Content));
            // Of older stores nothing else tells when something was received.
            partition.LastReceipt = Instant.Max(_lastReceipt, _eventIds.NewestReceipt);
            sum.AddEventIds(partition.Window);
        }
    }

    private void AddNames(Partition source)
    {
        using var names = new BlobWriter();
        foreach (var share in source.Shares.Where(share => share.NamesRows > 0))
        {
            names.Clear();
            share.Population.WriteNames(names);
            _names.Add((share.Number, names.Written.ToArray()));
        }
    }
}
