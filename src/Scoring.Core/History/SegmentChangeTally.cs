namespace Scoring.Core.History;

/// <summary>How the scores of a segment's customers changed between two instants, as far as they were looked at. Tallies of distinct customers add up.</summary>
public sealed class SegmentChangeTally
{
    /// <summary>Customers and their scores, by <see cref="SegmentGroup"/>.</summary>
    public GroupScores[] Groups { get; init; } = new GroupScores[Enum.GetValues<SegmentGroup>().Length];

    /// <summary>Who rose, of those who belonged at the second instant and were known at the first.</summary>
    public long Rose { get; set; }

    /// <summary>Who fell, of the same.</summary>
    public long Fell { get; set; }

    /// <summary>Those who rose most, the largest rise first.</summary>
    public List<ScoreMover> Risers { get; init; } = [];

    /// <summary>Those who fell most, the largest fall first.</summary>
    public List<ScoreMover> Fallers { get; init; } = [];

    /// <summary>Why the scores of those who stayed changed, by <see cref="SegmentPart.ByReason"/>; in millionths they add up to what their scores changed by.</summary>
    public List<SegmentPart> Parts { get; init; } = [];

    /// <summary>The scores of a group.</summary>
    public GroupScores this[SegmentGroup group] => Groups[(int)group];

    /// <summary>Takes a customer.</summary>
    /// <param name="customerId">The customer.</param>
    /// <param name="from">What it was at the first instant.</param>
    /// <param name="to">What it was at the second one.</param>
    /// <param name="movers">How many are named in either direction.</param>
    internal void Add(string customerId, SegmentMember from, SegmentMember to, int movers)
    {
        if (GroupOf(from, to) is not { } group)
        {
            return;
        }
        Groups[(int)group] += new GroupScores(1, from.Micros ?? 0, to.Micros ?? 0);
        if (
            group is SegmentGroup.Stayed or SegmentGroup.Joined
            && to.Micros!.Value - from.Micros!.Value is var moved and not 0
        )
        {
            (Rose, Fell) = moved > 0 ? (Rose + 1, Fell) : (Rose, Fell + 1);
            Place(new(customerId, moved), movers);
        }
    }

    /// <summary>Adds the tally of other customers.</summary>
    /// <param name="other">The tally.</param>
    /// <param name="movers">How many are named in either direction.</param>
    public void Add(SegmentChangeTally other, int movers)
    {
        for (var i = 0; i < Groups.Length; i++)
        {
            Groups[i] += other.Groups[i];
        }
        Rose += other.Rose;
        Fell += other.Fell;
        foreach (var part in other.Parts)
        {
            Add(part);
        }
        foreach (var mover in (ScoreMover[])[.. other.Risers, .. other.Fallers])
        {
            Place(mover, movers);
        }
    }

    /// <summary>Adds a reason for which scores changed of those who stayed.</summary>
    internal void Add(SegmentPart part)
    {
        if (Parts.BinarySearch(part, SegmentPart.ByReason) is var at && at < 0)
        {
            Parts.Insert(~at, part);
        }
        else
        {
            Parts[at] = Parts[at].With(part);
        }
    }

    private static SegmentGroup? GroupOf(SegmentMember from, SegmentMember to) =>
        (from.Belongs, to.Belongs) switch
        {
            (true, true) => SegmentGroup.Stayed,
            (true, false) => to.Micros is null ? SegmentGroup.Merged : SegmentGroup.Left,
            (false, true) => from.Micros is null ? SegmentGroup.New : SegmentGroup.Joined,
            _ => null,
        };

    private void Place(ScoreMover mover, int movers)
    {
        var moved = mover.Micros > 0 ? Risers : Fallers;
        var at = ~moved.BinarySearch(mover, ScoreMover.LargestFirst);
        if (at >= movers)
        {
            return;
        }
        moved.Insert(at, mover);
        if (moved.Count > movers)
        {
            moved.RemoveAt(movers);
        }
    }
}
