using Scoring.Core.Models;

namespace Scoring.Core.History;

/// <summary>Why the mean score of a segment changed between two instants.</summary>
/// <remarks>
/// <para>
/// The mean changes because the scores of those who stayed do, and because others come and go. Let S0 and S1 be the means of those who stayed, at the first and the second instant, and
/// n0 and n1 how many belonged then. Those who left, or were merged, add (count x S0 - sum of their scores) / n0: the mean goes up without those below it. The scores of those who
/// stayed add S1 - S0. Those who joined, or are new, add (sum of their scores - count x S1) / n1. All this adds up to the difference of the means. The mean of nobody counts as 0.
/// </para>
/// <para>
/// Scores are rounded to millionths before they are added up, and so are the two means. Of the parts the running sums are rounded, and the last of them is the second mean, so they
/// add up to the difference of the rounded means exactly.
/// </para>
/// </remarks>
public sealed class SegmentChange
{
    private readonly long[] _ofGroups = new long[Enum.GetValues<SegmentGroup>().Length];
    private readonly List<(SegmentPart Part, long Micros)> _parts = [];

    /// <param name="model">The model that scores both instants.</param>
    /// <param name="tally">What all partitions tell.</param>
    public SegmentChange(ScoringModel model, SegmentChangeTally tally)
    {
        (Model, Tally) = (model, tally);
        From = tally[SegmentGroup.Stayed] + tally[SegmentGroup.Left] + tally[SegmentGroup.Merged];
        To = tally[SegmentGroup.Stayed] + tally[SegmentGroup.Joined] + tally[SegmentGroup.New];
        Round();
    }

    /// <summary>The model that scores both instants.</summary>
    public ScoringModel Model { get; }

    /// <summary>The customers and their scores, by group.</summary>
    public SegmentChangeTally Tally { get; }

    /// <summary>Those who belonged at the first instant.</summary>
    public GroupScores From { get; }

    /// <summary>Those who belonged at the second instant.</summary>
    public GroupScores To { get; }

    /// <summary>Mean score at the first instant, in millionths; 0 for nobody.</summary>
    public long FromMicros => Rounded(MeanOf(From.FromMicros, From.Customers));

    /// <summary>Mean score at the second instant, in millionths; 0 for nobody.</summary>
    public long ToMicros => Rounded(MeanOf(To.ToMicros, To.Customers));

    /// <summary>What the scores of those who stayed add to the mean, none of 0, in a fixed order; in millionths.</summary>
    public IReadOnlyList<(SegmentPart Part, long Micros)> Parts => _parts;

    /// <summary>What a group adds to the mean, in millionths; that of those who stayed is the sum of the parts.</summary>
    public long MicrosOf(SegmentGroup group) => _ofGroups[(int)group];

    private void Round()
    {
        var stayed = Tally[SegmentGroup.Stayed];
        var (before, after) = (MeanOf(stayed.FromMicros, stayed.Customers), MeanOf(stayed.ToMicros, stayed.Customers));
        var changes = new List<(SegmentGroup Group, SegmentPart? Part, double Micros)>();
        AddGroup(SegmentGroup.Left, WithoutThem);
        AddGroup(SegmentGroup.Merged, WithoutThem);
        foreach (var part in Tally.Parts.Where(part => part.Micros != 0))
        {
            changes.Add((SegmentGroup.Stayed, part, MeanOf(part.Micros, stayed.Customers)));
        }
        AddGroup(SegmentGroup.Joined, WithThem);
        AddGroup(SegmentGroup.New, WithThem);
        var (sum, rounded) = (MeanOf(From.FromMicros, From.Customers), FromMicros);
        for (var i = 0; i < changes.Count; i++)
        {
            var (group, part, micros) = changes[i];
            sum += micros;
            var next = i == changes.Count - 1 ? ToMicros : Rounded(sum);
            _ofGroups[(int)group] += next - rounded;
            if (part is not null && next != rounded)
            {
                _parts.Add((part, next - rounded));
            }
            rounded = next;
        }

        double WithoutThem(GroupScores of) =>
            MeanOf((Int128)0 - of.FromMicros, From.Customers) + (before * of.Customers / From.Customers);

        double WithThem(GroupScores of) => MeanOf(of.ToMicros, To.Customers) - (after * of.Customers / To.Customers);

        void AddGroup(SegmentGroup group, Func<GroupScores, double> micros)
        {
            if (Tally[group] is { Customers: > 0 } of)
            {
                changes.Add((group, null, micros(of)));
            }
        }
    }

    private static double MeanOf(Int128 micros, long customers) => customers == 0 ? 0 : (double)micros / customers;

    private static long Rounded(double micros) => (long)Math.Round(micros);
}
