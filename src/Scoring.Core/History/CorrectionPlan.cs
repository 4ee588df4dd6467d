using System.Buffers;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>Which events of a customer some corrections void, and what is known of the customer then.</summary>
/// <remarks>
/// Facts cannot be unwound: whether a day stays active, or which event is the newest, the other events say. So the customer is made again from its past without the events, and is to the
/// rounding of doubles what it would be if they had never been recorded.
/// </remarks>
public sealed class CorrectionPlan
{
    private readonly CustomerPast _past;
    private readonly List<RecordedCorrection> _done;
    private readonly List<RecordedCorrection> _wanted = [];

    private CorrectionPlan(CustomerPast past)
    {
        _past = past;
        _done = [.. RecordedCorrection.Among(past.Changes).Select(of => of.Correction)];
    }

    /// <summary>What is to be done.</summary>
    public IReadOnlyList<RecordedCorrection> Wanted => _wanted;

    /// <summary>Finds the events that some corrections name.</summary>
    /// <param name="past">The customer's past.</param>
    /// <param name="asked">The corrections, of this customer.</param>
    /// <param name="correctableSince">Events that were received before are corrected no more.</param>
    /// <param name="results">Gets what is to be said of each: <see cref="CorrectionOutcome.Corrected"/> once <see cref="Wanted"/> is done.</param>
    public static CorrectionPlan Of(
        CustomerPast past,
        IReadOnlyList<EventCorrection> asked,
        Instant correctableSince,
        out CorrectionResult[] results
    )
    {
        var plan = new CorrectionPlan(past);
        var voided = VoidedEvents.Of(past.Events, plan._done).ToHashSet();
        var since = Instant.Max(past.CompleteSince, correctableSince);
        results = [.. asked.Select(correction => plan.Add(correction, voided, since))];
        return plan;
    }

    /// <summary>The customer without the events, in its stored form; empty when nothing is left that is known of it.</summary>
    public ReadOnlyMemory<byte> Customer(WorkspaceSettings settings)
    {
        var population = new Population(settings);
        var replay = new CustomerReplay(_past, population, knownAt: null, _wanted);
        replay.MoveToEnd();
        var stored = new ArrayBufferWriter<byte>();
        if (replay.Row is var row and >= 0)
        {
            population.Write(row, stored);
        }
        return stored.WrittenMemory;
    }

    private CorrectionResult Add(EventCorrection asked, HashSet<int> voided, Instant since)
    {
        if (asked.CorrectionId.Length > 0 && Known(of => of.CorrectionId == asked.CorrectionId) is { } same)
        {
            return new(same.IsOf(asked) ? CorrectionOutcome.AlreadyCorrected : CorrectionOutcome.IdConflict);
        }
        if (Find(asked.Event, voided) is not { } place)
        {
            return OfMissing(asked, since);
        }
        var found = _past.Events[place];
        if (found.ReceivedAt < since)
        {
            return new(CorrectionOutcome.BeforeHistory, since);
        }
        voided.Add(place);
        _wanted.Add(new(asked.CorrectionId, found with { AccountId = "" }, asked.Replacement));
        return new(CorrectionOutcome.Corrected);
    }

    private RecordedCorrection? Known(Func<RecordedCorrection, bool> isIt) =>
        _done.Find(of => isIt(of)) ?? _wanted.Find(of => isIt(of));

    /// <summary>The first of the events that are what is asked for, in the order of receipt; null for none.</summary>
    private int? Find(CorrectedEvent asked, HashSet<int> voided)
    {
        int? found = null;
        for (var place = 0; place < _past.Events.Count; place++)
        {
            if (
                asked.Is(_past.Events[place])
                && !voided.Contains(place)
                && !(found is { } first && _past.Events[first].ReceivedAt <= _past.Events[place].ReceivedAt)
            )
            {
                found = place;
            }
        }
        return found;
    }

    private CorrectionResult OfMissing(EventCorrection asked, Instant since)
    {
        if (Known(of => of.IsOf(asked)) is not null)
        {
            return new(CorrectionOutcome.AlreadyCorrected);
        }
        if (asked.Event.OccurredAt < since)
        {
            return new(CorrectionOutcome.BeforeHistory, since);
        }
        var merged = _past.Changes.LastOrDefault(change => change.Kind == ChangeKind.Adoption);
        return merged.Kind == ChangeKind.Adoption && asked.Event.OccurredAt <= merged.ReceivedAt
            ? new(CorrectionOutcome.BeforeMerge, merged.ReceivedAt)
            : new(CorrectionOutcome.EventNotFound);
    }
}
