using System.Text;
using Orleans.Concurrency;
using Orleans.GrainDirectory;
using Orleans.Placement;
using Scoring.Core;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Grains.Placement;
using Scoring.Grains.Relay;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Customers;

/// <inheritdoc cref="ICustomerGrain"/>
/// <remarks>
/// Everything it says is its partition's, in whose process it lives: there is nothing to load when it comes and nothing to store when it goes, and two
/// activations of one customer do no harm. Calls do not wait for each other; the partition puts them in order. Where it is active is what
/// <see cref="PartitionDirectory"/> says; placed by itself is only what has a key that names nobody.
/// </remarks>
[Reentrant]
[Immovable]
[PreferLocalPlacement]
[GrainDirectory(PartitionDirectory.Name)]
[GrainType(PartitionDirectory.CustomerType)]
internal sealed class CustomerGrain(
    HostedEngine engine,
    PartitionHashes hashes,
    CustomerActivations activations,
    IPartitionLocations locations
) : CountedGrain(activations), ICustomerGrain
{
    // Models are changed by people: two changes in the middle of one call are one too many to go on.
    private const int MostModelChanges = 3;

    private CustomerKey _key;
    private byte[] _id = [];
    private int _partition;
    private ScoringException? _refusal;

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        try
        {
            ReadKey(this.GetPrimaryKeyString());
        }
        catch (ScoringException e)
        {
            // Thrown from here, it would not reach the caller as it is.
            _refusal = e;
        }
        return base.OnActivateAsync(cancellationToken);
    }

    public async Task<RecordAnswer> RecordAsync(byte[] encodedEvent)
    {
        Begin();
        EventRules.Check(encodedEvent, _id);
        var payload = new BlobWriter(encodedEvent.Length);
        payload.Bytes(encodedEvent);
        var write = new HostWrite(_key.Workspace, CommandKind.RecordEvents, [new HostPart(_partition, payload)]);
        var answer = await engine.Host.WriteAsync(write, CancellationToken.None);
        if (answer.Absent.Count == 0)
        {
            return new(answer.Value, IsCrowded);
        }
        payload.Dispose();
        Move();
        return new(null);
    }

    public async Task<ScoreAnswer> GetScoreAsync(string model, Instant? readTime)
    {
        Begin();
        var query = new ScoreQuery(_key.Workspace, [_key.Id], model, readTime);
        for (var changes = 0; changes < MostModelChanges; changes++)
        {
            var version = engine.Host.Model(_key.Workspace, model).Version;
            var answer = await engine.Host.ScoreAsync(query, version, CancellationToken.None);
            if (answer.HasOtherModel)
            {
                continue;
            }
            if (answer.Absent.Count == 0)
            {
                return new(answer.Value![0], IsCrowded: IsCrowded);
            }
            Move();
            return new(null, IsMoved: true);
        }
        throw ClusterFailures.Unavailable("The model keeps changing while it is read; try again.");
    }

    /// <summary>Lets go of this activation, whose partition is not here.</summary>
    private void Move()
    {
        locations.Doubt(_partition);
        DeactivateOnIdle();
    }

    private void ReadKey(string key)
    {
        if (!CustomerKey.TryParse(key, out _key))
        {
            throw new ScoringException(ScoringError.InvalidArgument, "The key of a customer is workspace/customer_id.");
        }
        _id = Encoding.UTF8.GetBytes(_key.Id);
        if (_id.Length > Limits.IdBytes)
        {
            var message = $"customer_id is longer than {Limits.IdBytes} bytes.";
            throw new ScoringException(ScoringError.InvalidArgument, message) { Field = "customer_id" };
        }
        _partition = hashes.Of(_key.Workspace, _id);
    }

    private void Begin()
    {
        if (IsCrowded || _refusal is not null)
        {
            DeactivateOnIdle();
        }
        if (_refusal is not null)
        {
            throw _refusal;
        }
    }
}
