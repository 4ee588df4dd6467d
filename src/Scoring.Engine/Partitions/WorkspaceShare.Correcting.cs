using System.Text;
using Scoring.Core.History;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Engine.Journal;

namespace Scoring.Engine.Partitions;

/// <content>Events that were recorded wrongly.</content>
internal sealed partial class WorkspaceShare
{
    /// <summary>Voids events of a customer; null when that was done, else why not.</summary>
    public Rejection? Correct(CorrectionCommand correction, Instant receivedAt)
    {
        var row = Population.Find(correction.CustomerId);
        if (row < 0 || Population.DigestOf(row) != correction.Digest)
        {
            return Rejections.OfChanged(index: 0);
        }
        for (var events = EventBatch.Read(correction.Replacement.Span); events.MoveNext(); )
        {
            if (Population.CheckRoomFor(events.Current) is var outcome and not RecordOutcome.Accepted)
            {
                return Rejections.OfEvent(outcome, index: 0);
            }
        }
        var removal = Population.Correct(row, correction.Customer.Span, receivedAt);
        RecordReplacement(correction, receivedAt);
        Population.DropUnusedNames(removal);
        DirtyCustomers.Mark(row);
        Keep(row, correction, receivedAt);
        return null;
    }

    /// <summary>Does with a correction what was done with it when its entry was first applied, unless the customer's row contains that or is gone since.</summary>
    public Rejection? CorrectAgain(long entry, CorrectionCommand correction, Instant receivedAt, bool refused)
    {
        if (refused)
        {
            return Rejections.Again(index: 0);
        }
        var row = Population.FindId(Encoding.UTF8.GetBytes(correction.CustomerId));
        if (row < 0)
        {
            return null;
        }
        if (!_loadedCustomers!.Contain(row, entry))
        {
            Population.Correct(row, correction.Customer.Span, receivedAt);
            RecordReplacement(correction, receivedAt);
            DirtyCustomers.Mark(row);
            _mayHaveUnusedNames = true;
        }
        Keep(row, correction, receivedAt);
        return null;
    }

    private void RecordReplacement(CorrectionCommand correction, Instant receivedAt)
    {
        for (var events = EventBatch.Read(correction.Replacement.Span); events.MoveNext(); )
        {
            Population.RecordAgain(events.Current, Population.BeginLookup(events.CurrentCustomerId), receivedAt);
        }
    }

    private void Keep(int row, CorrectionCommand correction, Instant receivedAt)
    {
        foreach (var content in correction.Corrections)
        {
            archive?.Add(row, ChangeKind.Correction, receivedAt, content);
        }
        for (var events = EventBatch.Read(correction.Replacement.Span); events.MoveNext(); )
        {
            archive?.Add(row, events.Current, receivedAt);
        }
    }
}
