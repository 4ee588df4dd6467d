using System.Buffers;
using System.Text;
using Orleans.Concurrency;
using Scoring.Cluster.Messages;
using Scoring.Cluster.Models;
using Scoring.Cluster.Segments;
using Scoring.Cluster.Storage;
using Scoring.Cluster.Workspaces;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Cluster.Customers;

/// <inheritdoc cref="ICustomerGrain"/>
/// <remarks>
/// <para>
/// One write is under way at a time; what arrives meanwhile waits and shares the next one. What is being written is seen by nobody before it
/// is stored: reads, which come in between, score the record that is. An answer is given when the store has what it says.
/// </para>
/// <para>
/// Another activation of the same customer may have written since this one read: then the store fences this one off, nothing of the write is
/// there, and the activation goes, as it does when the store does not say what became of a write. What comes next reads anew.
/// </para>
/// </remarks>
[Reentrant]
[CustomerPlacement]
[GrainType(TypeName)]
internal sealed class CustomerGrain : Grain, ICustomerGrain
{
    public const string TypeName = "scoring.customer";

    private readonly IPersistentState<CustomerState> _state;
    private readonly ModelCache _models;
    private readonly SummaryOutbox _outbox;
    private readonly ImportedIdLookup _imported;
    private readonly ClusterOptions _options;
    private readonly CustomerKey _key;
    private readonly SiloWorkspace _workspace;
    private List<WaitingWrite> _waiting = [];
    private int _waitingBytes;
    private bool _isWriting;
    private bool _isGone;
    private byte[] _record = [];

    // Of the events that are being written, those that the standalone store had acknowledged before it was moved here, and what they said.
    private IReadOnlyDictionary<UInt128, ulong> _moved = new Dictionary<UInt128, ulong>();

    public CustomerGrain(
        [PersistentState("customer", PostgresGrainStorage.Name)] IPersistentState<CustomerState> state,
        IGrainContext context,
        WorkspaceDirectory workspaces,
        ModelCache models,
        SummaryOutbox outbox,
        ImportedIdLookup imported,
        ClusterOptions options
    )
    {
        (_state, _models, _outbox, _imported, _options) = (state, models, outbox, imported, options);
        _key = CustomerKey.Of(context.GrainId);
        _workspace = workspaces.Silo(_key.Workspace);
    }

    public override Task OnActivateAsync(CancellationToken cancellationToken)
    {
        _record = _state.State.Record;
        return Task.CompletedTask;
    }

    public Task<WriteAnswer> RecordAsync(byte[] events, long receivedTicks) =>
        WriteAsync(new WaitingWrite(events, new Instant(receivedTicks)));

    public Task<WriteAnswer> UpsertAsync(CustomerUpdate update, int index) =>
        WriteAsync(new WaitingWrite([], Instant.From(_options.TimeProvider.GetUtcNow()), update, index));

    public async Task<ScoreAnswer> ScoreAsync(ModelRef model, long readTicks)
    {
        if (_record.Length == 0)
        {
            return new(null);
        }
        if (await _models.FindAsync(_key.Workspace, model.Name, model.Version) is not { } found)
        {
            return new(null, ModelIsGone: true);
        }
        return _workspace.With(open =>
        {
            open.Open(_record);
            return open.NewestEvent.Ticks > readTicks
                ? new ScoreAnswer(null, open.NewestEvent.Ticks)
                : new ScoreAnswer(open.Score(found, new Instant(readTicks)));
        });
    }

    private Task<WriteAnswer> WriteAsync(WaitingWrite write)
    {
        if (_isGone)
        {
            return Task.FromResult(WriteAnswer.Gone);
        }
        if (_waitingBytes > 0 && _waitingBytes + write.Events.Length > _options.MaxWaitingBytesPerCustomer)
        {
            return Task.FromResult(WriteAnswer.Overloaded);
        }
        _waiting.Add(write);
        _waitingBytes += write.Events.Length;
        if (!_isWriting)
        {
            // Every write that waits is answered by it, so nobody waits for it.
            _ = WriteWaitingAsync();
        }
        return write.Answer;
    }

    private async Task WriteWaitingAsync()
    {
        _isWriting = true;
        while (_waiting.Count > 0 && !_isGone)
        {
            var together = _waiting;
            (_waiting, _waitingBytes) = ([], 0);
            try
            {
                await FindMovedAsync(together);
                await LearnAsync(together);
                if (_workspace.With(open => Apply(open, together)))
                {
                    await _state.WriteStateAsync();
                    _record = _state.State.Record;
                    _outbox.Post(_key, PostgresGrainStorage.Version(_state.Etag), _record);
                }
                together.ForEach(write => write.Complete());
            }
            catch (Exception e)
            {
                _isGone = true;
                DeactivateOnIdle();
                together.ForEach(write => write.Fail(e));
            }
        }
        _isWriting = false;
        _waiting.ForEach(write => write.Complete(WriteAnswer.Gone));
    }

    /// <summary>Makes names that are new known to the cluster, so that their number stays limited.</summary>
    private async Task LearnAsync(List<WaitingWrite> together)
    {
        var vocabulary = _workspace.Vocabulary;
        List<(bool IsEventType, string Name)>? names = null;
        foreach (var write in together)
        {
            if (write.Update is { } update)
            {
                write.KeysFit = await vocabulary.TryLearnKeysAsync(update.Attributes);
            }
            CollectNewNames(write.Events, ref names);
        }
        if (names is not null)
        {
            await vocabulary.LearnAsync(names);
        }
    }

    private void CollectNewNames(byte[] events, ref List<(bool IsEventType, string Name)>? names)
    {
        var vocabulary = _workspace.Vocabulary;
        for (var item = EventBatch.Read(events); item.MoveNext(); )
        {
            var record = item.Current;
            var isNewType = !vocabulary.HasEventType(record.Type) && vocabulary.HasRoom(forEventType: true);
            var isNewFeature = !vocabulary.HasFeature(record.Feature) && vocabulary.HasRoom(forEventType: false);
            if (!(isNewType || isNewFeature) || !IsNew(item))
            {
                continue;
            }
            names ??= [];
            if (isNewType)
            {
                names.Add((true, Encoding.UTF8.GetString(record.Type)));
            }
            if (isNewFeature)
            {
                names.Add((false, Encoding.UTF8.GetString(record.Feature)));
            }
        }
    }

    private bool IsNew(EventBatch.Enumerator item) => item.CurrentEventIdLength == 0 || Find(item) is null;

    /// <summary>What is known of an event that has an id; null when it was not seen, otherwise whether its content was the same.</summary>
    private bool? Find(EventBatch.Enumerator item)
    {
        if (_state.State.Window.Find(item) is { } seen)
        {
            return seen;
        }
        return _moved.Count > 0 && _moved.TryGetValue(EventIdWindow.KeyOf(item), out var content)
            ? content == EventIdWindow.ContentOf(item)
            : null;
    }

    private async Task FindMovedAsync(List<WaitingWrite> together)
    {
        if (_imported.AreRemembered || _moved.Count > 0)
        {
            _moved = await _imported.FindAsync([.. together.SelectMany(KeysOf)], _workspace.ImportedKey);
        }
    }

    private List<UInt128> KeysOf(WaitingWrite write)
    {
        var keys = new List<UInt128>();
        for (var item = EventBatch.Read(write.Events); item.MoveNext(); )
        {
            if (item.CurrentEventIdLength > 0 && _state.State.Window.Find(item) is null)
            {
                keys.Add(EventIdWindow.KeyOf(item));
            }
        }
        return keys;
    }

    /// <summary>Makes what is to be stored of what is; false when it is the same.</summary>
    private bool Apply(OpenCustomer open, List<WaitingWrite> together)
    {
        if (_record.Length == 0)
        {
            open.OpenNew(_key.CustomerId);
        }
        else
        {
            open.Open(_record);
        }
        var changed = false;
        foreach (var write in together)
        {
            write.Outcome = write.Update is null ? Record(open, write) : Upsert(open, write);
            changed |= write.Outcome.Accepted > 0;
        }
        if (changed)
        {
            var stored = new ArrayBufferWriter<byte>(_record.Length + 256);
            open.Write(stored);
            _state.State.Record = stored.WrittenSpan.ToArray();
        }
        return changed;
    }

    private WriteAnswer Record(OpenCustomer open, WaitingWrite write)
    {
        var window = _state.State.Window;
        window.Expire(write.ReceivedAt, _options);
        var (accepted, duplicates) = (0, 0);
        List<Rejection>? rejections = null;
        for (var item = EventBatch.Read(write.Events); item.MoveNext(); )
        {
            var record = item.Current;
            switch (OutcomeOf(item, record))
            {
                case RecordOutcome.Accepted:
                    open.Record(record, write.ReceivedAt);
                    if (item.CurrentEventIdLength > 0)
                    {
                        window.Add(item, write.ReceivedAt);
                    }
                    accepted++;
                    break;
                case RecordOutcome.Duplicate:
                    duplicates++;
                    break;
                case var refused:
                    (rejections ??= []).Add(Rejections.OfEvent(refused, record.Index));
                    break;
            }
        }
        return new(WriteStatus.Done, accepted, duplicates, rejections ?? []);
    }

    private RecordOutcome OutcomeOf(EventBatch.Enumerator item, in EventRecord record)
    {
        var seen = item.CurrentEventIdLength == 0 ? null : Find(item);
        return seen switch
        {
            true => RecordOutcome.Duplicate,
            false => RecordOutcome.Conflict,
            _ when !_workspace.Vocabulary.HasEventType(record.Type) => RecordOutcome.TooManyEventTypes,
            _ when !_workspace.Vocabulary.HasFeature(record.Feature) => RecordOutcome.TooManyFeatures,
            _ => RecordOutcome.Accepted,
        };
    }

    private static WriteAnswer Upsert(OpenCustomer open, WaitingWrite write)
    {
        if (!write.KeysFit)
        {
            return new(WriteStatus.Done, 0, 0, [Rejections.OfAttributes(write.Index)]);
        }
        open.Upsert(write.Update!, write.ReceivedAt);
        return new(WriteStatus.Done, 1, 0, []);
    }
}
