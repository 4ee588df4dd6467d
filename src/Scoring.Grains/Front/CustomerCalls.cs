using System.Collections.Concurrent;
using System.Text;
using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Grains.Customers;
using Scoring.Grains.Partitions;
using Scoring.Grains.Placement;
using Scoring.Grains.Relay;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Front;

/// <summary>Calls single customers, and follows them while they move.</summary>
/// <remarks>
/// A customer is spoken to by its grain. Where as many are active as may be, one that was not called lately is asked for at its partition, without
/// its grain: the answer is the same.
/// </remarks>
internal sealed class CustomerCalls(
    CustomerReferences references,
    CustomerActivations activations,
    PartitionHashes hashes,
    PartitionMap map,
    ClusterView cluster,
    HostedEngine engine,
    GrainOptions options
)
{
    // Until then a silo that was full is taken to be full.
    private static readonly TimeSpan FullFor = TimeSpan.FromSeconds(1);

    private readonly ConcurrentDictionary<SiloAddress, long> _fullAt = new();

    /// <summary>Records the one event of a batch.</summary>
    public async Task<WriteResult> RecordAsync(string workspace, EventBatch batch, CancellationToken cancellationToken)
    {
        var customer = CustomerOf(workspace, batch, out var hasId);
        var encoded = batch.Encoded.ToArray();
        var tries = new Tries(options.MoveTimeout);
        while (true)
        {
            try
            {
                var result = GrainOf(ref customer) is { } grain
                    ? await RecordAsync(customer, grain.RecordAsync(encoded), cancellationToken)
                    : await RecordAsync(customer, encoded, cancellationToken);
                if (result is not null)
                {
                    return result;
                }
            }
            // An event with an id is counted once, however often it is sent.
            catch (Exception e) when (ClusterFailures.IsOne(e, cancellationToken))
            {
                if (!hasId || tries.AreOver)
                {
                    throw ClusterFailures.OfWrite(e);
                }
            }
            await tries.AgainAsync(map, customer.Partition, cancellationToken);
        }
    }

    /// <summary>The score of one customer; null when nothing is known of it.</summary>
    public async Task<CustomerScore?> ScoreAsync(ScoreQuery query, CancellationToken cancellationToken)
    {
        var id = Encoding.UTF8.GetBytes(query.CustomerIds[0]);
        var customer = new Customer(query.Workspace, id, hashes.Of(query.Workspace, id));
        var tries = new Tries(options.MoveTimeout);
        while (true)
        {
            try
            {
                var answer = GrainOf(ref customer) is { } grain
                    ? await ScoreAsync(customer, grain.GetScoreAsync(query.Model, query.ReadTime), cancellationToken)
                    : await ScoreAsync(customer, query, cancellationToken);
                if (!answer.IsMoved)
                {
                    return answer.Score;
                }
            }
            catch (Exception e) when (ClusterFailures.IsOne(e, cancellationToken))
            {
                if (tries.AreOver)
                {
                    throw ClusterFailures.OfRead(e);
                }
            }
            await tries.AgainAsync(map, customer.Partition, cancellationToken);
        }
    }

    private Customer CustomerOf(string workspace, EventBatch batch, out bool hasId)
    {
        var events = batch.GetEnumerator();
        events.MoveNext();
        hasId = events.CurrentEventIdLength > 0;
        var id = events.CurrentCustomerId;
        return new(workspace, id.ToArray(), hashes.Of(workspace, id));
    }

    /// <summary>The customer's grain; null where it is not to be activated.</summary>
    private ICustomerGrain? GrainOf(ref Customer customer)
    {
        if (
            customer.Grain is not null
            || (customer.Grain = references.Find(customer.Workspace, customer.Id)) is not null
        )
        {
            return customer.Grain;
        }
        if (IsFull(map.LocationOf(customer.Partition)))
        {
            return null;
        }
        return customer.Grain = references.Get(customer.Workspace, Encoding.UTF8.GetString(customer.Id));
    }

    private bool IsFull(SiloAddress silo) =>
        silo.Equals(cluster.Here)
            ? activations.IsFull
            : _fullAt.TryGetValue(silo, out var at) && TimeProvider.System.GetElapsedTime(at) < FullFor;

    private void Note(bool isCrowded, Customer customer)
    {
        if (isCrowded && map.LocationOf(customer.Partition) is var silo && !silo.Equals(cluster.Here))
        {
            _fullAt[silo] = TimeProvider.System.GetTimestamp();
        }
    }

    private async Task<WriteResult?> RecordAsync(
        Customer customer,
        Task<RecordAnswer> call,
        CancellationToken cancellationToken
    )
    {
        var answer = await call.WaitAsync(cancellationToken);
        Note(answer.IsCrowded, customer);
        return answer.Result;
    }

    private async Task<WriteResult?> RecordAsync(Customer customer, byte[] encoded, CancellationToken cancellationToken)
    {
        var payload = new BlobWriter(encoded.Length);
        payload.Bytes(encoded);
        HostPart[] parts = [new(customer.Partition, payload)];
        var write = new HostWrite(customer.Workspace, CommandKind.RecordEvents, parts);
        var answer = await map.HostOf(customer.Partition).WriteAsync(write, cancellationToken);
        if (answer.Absent.Count == 0)
        {
            return answer.Value;
        }
        payload.Dispose();
        return null;
    }

    private async Task<ScoreAnswer> ScoreAsync(
        Customer customer,
        Task<ScoreAnswer> call,
        CancellationToken cancellationToken
    )
    {
        var answer = await call.WaitAsync(cancellationToken);
        Note(answer.IsCrowded, customer);
        return answer;
    }

    private async Task<ScoreAnswer> ScoreAsync(Customer customer, ScoreQuery query, CancellationToken cancellationToken)
    {
        var version = engine.Host.Model(query.Workspace, query.Model).Version;
        var answer = await map.HostOf(customer.Partition).ScoreAsync(query, version, cancellationToken);
        return answer.HasOtherModel || answer.Absent.Count > 0
            ? new(null, IsMoved: true)
            : new ScoreAnswer(answer.Value![0]);
    }

    private record struct Customer(string Workspace, byte[] Id, int Partition, ICustomerGrain? Grain = null);

    private sealed class Tries(TimeSpan patience)
    {
        private readonly long _started = TimeProvider.System.GetTimestamp();

        public bool AreOver => TimeProvider.System.GetElapsedTime(_started) >= patience;

        /// <summary>Looks for the partition, or waits a moment for it.</summary>
        /// <exception cref="ScoringException"><see cref="ScoringError.Unavailable"/>: it was nowhere for too long.</exception>
        public async Task AgainAsync(PartitionMap map, int partition, CancellationToken cancellationToken)
        {
            if (AreOver)
            {
                throw ClusterFailures.Unavailable("The customer's partition is moving; try again.");
            }
            await map.RefreshAsync([partition], cancellationToken);
        }
    }
}
