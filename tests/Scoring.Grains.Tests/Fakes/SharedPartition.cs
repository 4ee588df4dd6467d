using System.Text;
using Scoring.Core.Accounts;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Workspaces;

namespace Scoring.Grains.Tests.Fakes;

/// <summary>A partition of the store, which one process has at a time: who opens it takes it from whoever had it.</summary>
internal sealed class SharedPartition(int number, WorkspaceSettings settings)
{
    private readonly HashSet<string> _eventIds = [];
    private readonly Dictionary<string, AccountRecord> _accounts = new(StringComparer.Ordinal);

    public int Number => number;

    public Population Population { get; } = new(settings);

    public EngineProcess? Owner { get; private set; }

    /// <summary>How often it was opened, and how often that took it from another process that had it open.</summary>
    public int Openings { get; private set; }

    public int TakeOvers { get; private set; }

    public void Open(EngineProcess process)
    {
        EngineProcess? before;
        lock (this)
        {
            before = Owner == process ? null : Owner;
            TakeOvers += before is null ? 0 : 1;
            Openings++;
            Owner = process;
        }
        before?.Lose(number);
    }

    public void Close(EngineProcess process)
    {
        lock (this)
        {
            Owner = Owner == process ? null : Owner;
        }
    }

    /// <summary>Does something with the partition if a process has it.</summary>
    public bool TryUse(EngineProcess process, Action<SharedPartition> use)
    {
        lock (this)
        {
            if (Owner != process)
            {
                return false;
            }
            use(this);
            return true;
        }
    }

    public AccountRecord? Account(string id) => _accounts.GetValueOrDefault(id);

    public (int Accepted, int Duplicates) Record(ReadOnlySpan<byte> events)
    {
        var (accepted, duplicates) = (0, 0);
        for (var item = EventBatch.Read(events); item.MoveNext(); )
        {
            var ids = Convert.ToHexString(item.CurrentIds);
            if (item.CurrentEventIdLength > 0 && !_eventIds.Add(ids))
            {
                duplicates++;
                continue;
            }
            var record = item.Current;
            var lookup = Population.BeginLookup(record.CustomerId);
            Assert.Equal(RecordOutcome.Accepted, Population.Record(record, lookup, SharedStore.Now, out _));
            accepted++;
        }
        Population.Settle();
        return (accepted, duplicates);
    }

    public double CountOf(string customer) =>
        Population.Find(Encoding.UTF8.GetBytes(customer)) is var row and >= 0
            ? Population
                .Score(row, Samples.Model() with { Version = 1 }, SharedStore.Now)
                .Contributions.Where(c => c.Term.HalfLifeDays == 0)
                .Sum(c => c.Quantity)
            : 0;
}
