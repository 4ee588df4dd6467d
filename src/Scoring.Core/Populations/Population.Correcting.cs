using System.Buffers;
using Scoring.Core.Facts;
using Scoring.Core.Lifecycles;
using Scoring.Core.Recording;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <content>Customers whose events were recorded wrongly. What they would be without these is worked out elsewhere: facts cannot be unwound.</content>
public sealed partial class Population
{
    /// <summary>Tells apart what was known of a customer at two moments: the same for the same facts, account, attributes and whatever else is stored of it.</summary>
    public ulong DigestOf(int row)
    {
        var stored = new ArrayBufferWriter<byte>();
        Write(row, stored);
        return new StoredCustomer(stored.WrittenSpan, []).Digest;
    }

    /// <summary>Whether an event could be recorded: <see cref="RecordOutcome.Accepted"/>, or beyond which bound it is.</summary>
    public RecordOutcome CheckRoomFor(in EventRecord item) =>
        Check(
            item,
            _schema.EventTypes.FindOften(item.Type),
            item.Feature.IsEmpty ? -1 : _schema.Features.FindOften(item.Feature)
        );

    /// <summary>Puts account, lifecycle marks and facts of a customer in the place of those that it has. Attributes and adjustments stay: no event brings one.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="encoded">The customer in its stored form; empty for one of whom nothing would be known, who stays as if it had been added.</param>
    /// <param name="receivedAt">When it would have been added then.</param>
    /// <returns>The event types and features that it has no more; perhaps nobody else has.</returns>
    /// <exception cref="InvalidDataException">The bytes are not a customer of this workspace.</exception>
    public NameRemoval Correct(int row, ReadOnlySpan<byte> encoded, Instant receivedAt)
    {
        var names = NamesOf(_facts[row]);
        var newest = _facts.LastEventOf(row);
        _cohorts.TotalsOf(row).Subtract(_facts[row]);
        _accounts.Remove(row);
        if (encoded.IsEmpty)
        {
            Span<ulong> none = stackalloc ulong[FactsView.HeaderWords];
            FactsView.Clear(none);
            _facts.Set(row, none);
            _lifecycles.Set(row, LifecycleMarks.None);
            _lifecycles.Note(row, receivedAt.UtcDay, LifecycleMarks.NoTurn);
        }
        else
        {
            SetEventsOf(row, encoded);
        }
        _cohorts.TotalsOf(row).Add(_facts[row]);
        _columns.NoteChange(row);
        NoteNewNames();
        NewestEvent =
            newest == NewestEvent && newest != Instant.MinValue
                ? FindNewestEvent()
                : Instant.Max(NewestEvent, _facts.LastEventOf(row));
        HashSet<int> types = [.. names.Types];
        HashSet<int> features = [.. names.Features];
        TakeOut(_facts[row], types, features);
        GC.KeepAlive(this);
        return new(types, features, [], []);
    }

    /// <summary>Takes over what events bring, of a customer in its stored form.</summary>
    private void SetEventsOf(int row, ReadOnlySpan<byte> encoded)
    {
        var reader = new RecordReader(encoded);
        CustomerHeader.ReadId(ref reader, out var form);
        if (CustomerHeader.ReadAccount(ref reader, out var assignedAt) is { IsEmpty: false } account)
        {
            _accounts.Assign(row, account, assignedAt);
        }
        _lifecycles.Set(row, CustomerHeader.ReadMarks(ref reader));
        for (var left = reader.Count(); left > 0; left--)
        {
            reader.Text();
            reader.Text();
        }
        _facts.Set(row, FactsRecord.Read(form, _schema, ref reader, ref _loaded));
    }
}
