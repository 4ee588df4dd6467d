using System.Buffers;
using System.Text;
using Scoring.Core.Adjustments;
using Scoring.Core.Customers;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using PastEvent = Scoring.Core.History.PastEvent;

namespace Scoring.Core.Tests.History;

/// <summary>A customer that a population and an archive are told of at the same time, in the order of receipt.</summary>
internal sealed class RecordedCustomer(WorkspaceSettings settings, string id = "c-1")
{
    private readonly List<PastEvent> _events = [];
    private readonly List<PastChange> _changes = [];
    private Instant _since = Instant.MinValue;

    public Population Live { get; } = new(settings);

    public CustomerPast Past => new(id, _since, [.. _events], [.. _changes]);

    /// <summary>The customer in its stored form.</summary>
    public byte[] Stored
    {
        get
        {
            var target = new ArrayBufferWriter<byte>();
            Live.Write(Live.Find(id), target);
            return target.WrittenSpan.ToArray();
        }
    }

    public void Record(
        string type,
        Instant occurredAt,
        Instant? receivedAt = null,
        double value = 1,
        string feature = "",
        string account = ""
    )
    {
        var received = receivedAt ?? occurredAt;
        var record = new EventRecord
        {
            CustomerId = Encoding.UTF8.GetBytes(id),
            Type = Encoding.UTF8.GetBytes(type),
            Feature = Encoding.UTF8.GetBytes(feature),
            AccountId = Encoding.UTF8.GetBytes(account),
            Value = value,
            OccurredAt = occurredAt,
        };
        Assert.Equal(RecordOutcome.Accepted, Live.Record(record, received, out _));
        _events.Add(new(type, occurredAt, received, value, feature, account));
    }

    public void Upsert(Instant receivedAt, string account = "", params (string Key, string Value)[] attributes)
    {
        var update = new CustomerUpdate(id, account, [.. attributes.Select(a => KeyValuePair.Create(a.Key, a.Value))]);
        Assert.Null(Live.Upsert(update, receivedAt, index: 0, out _));
        Add(ChangeKind.Update, receivedAt, ChangeCodec.Of(update));
    }

    public void Adjust(Instant receivedAt, string model, ScoreAdjustment? adjustment)
    {
        if (Live.Find(id) is var row and >= 0 && Live.Adjust(row, model, adjustment, receivedAt))
        {
            Add(ChangeKind.Adjustment, receivedAt, ChangeCodec.Of(model, adjustment));
        }
    }

    public void Adopt(Instant receivedAt, byte[] stored)
    {
        Assert.Null(Live.CheckAdoption(id, stored));
        Live.Adopt(id, stored, receivedAt);
        Add(ChangeKind.Adoption, receivedAt, stored);
    }

    public void BecomeMerged(Instant receivedAt, string survivor)
    {
        Live.BeginMerge(Live.Find(id), survivor);
        Add(ChangeKind.Merged, receivedAt, ChangeCodec.OfMerged(survivor));
    }

    public void LeaveAccount(Instant receivedAt)
    {
        if (Live.Find(id) is var row and >= 0)
        {
            Live.LeaveAccount(row);
            Add(ChangeKind.LeftAccount, receivedAt, []);
        }
    }

    public void Prune(Instant receivedAt, params KnownName[] names)
    {
        var removal = Live.BeginRemoval(names);
        if (Live.Find(id) is var row and >= 0)
        {
            Live.Remove(removal, row);
            Add(ChangeKind.Pruning, receivedAt, ChangeCodec.Of(names));
        }
        Live.EndRemoval(removal);
    }

    /// <summary>Voids events.</summary>
    public void Correct(Instant receivedAt, CorrectionPlan plan)
    {
        var removal = Live.Correct(Live.Find(id), plan.Customer(settings).Span, receivedAt);
        Live.DropUnusedNames(removal);
        foreach (var correction in plan.Wanted)
        {
            Add(ChangeKind.Correction, receivedAt, CorrectionCodec.Write(correction));
        }
    }

    /// <summary>All that is known of the customer.</summary>
    public CustomerDetails Details(Instant readTime) => Live.Describe(Live.Find(id), readTime);

    /// <summary>Forgets what was archived so far, but for what is known of the customer.</summary>
    public void OpenArchive(Instant at)
    {
        if (Live.Find(id) >= 0)
        {
            _events.Clear();
            _changes.Clear();
            _since = at;
            Add(ChangeKind.Opening, at, Stored);
        }
    }

    public CustomerScore? LiveScore(ScoringModel model, Instant readTime) =>
        Live.Find(id) is var row and >= 0 ? Live.Score(row, model, readTime) : null;

    /// <summary>The score that the archive tells.</summary>
    public CustomerScore? PastScore(ScoringModel model, Instant readTime, Instant? knownAt = null)
    {
        var replay = new CustomerReplay(Past, new Population(settings), knownAt);
        replay.MoveTo(readTime);
        return replay.Score(model, readTime);
    }

    public ScoreChange Change(ScoringModel model, Instant from, Instant to, ScoringModel? fromModel = null) =>
        ScoreChange.Between(Past, settings, fromModel ?? model, model, from, to)!;

    private void Add(ChangeKind kind, Instant receivedAt, byte[] content) =>
        _changes.Add(new(kind, receivedAt, content));
}
