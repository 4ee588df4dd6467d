using Scoring.Core.Models;

namespace Scoring.Core.History;

/// <summary>What a score changed by, each part added up as it is found.</summary>
internal sealed class LedgerParts
{
    // By kind, then by a place within it: the order that parts are given in.
    private readonly SortedDictionary<(ScoreChangeKind Kind, int Place), Part> _parts = [];

    /// <summary>Adds to a part.</summary>
    /// <param name="at">Its kind, and its place among those of the kind.</param>
    /// <param name="subject">What it is about.</param>
    /// <param name="term">The term that it comes by; null for none.</param>
    /// <param name="score">What is added.</param>
    public void Add((ScoreChangeKind Kind, int Place) at, string subject, Term? term, double score)
    {
        if (score != 0)
        {
            var part = PartAt(at, subject);
            part.Score += score;
            part.Terms.Add(term);
        }
    }

    /// <summary>Adds to the number of events that a part is made of.</summary>
    public void Count((ScoreChangeKind Kind, int Place) at, string subject, long events)
    {
        if (events > 0)
        {
            PartAt(at, subject).Events += events;
        }
    }

    /// <summary>The parts in millionths: the running sums are rounded and the last one is the second score, so they add up to the difference of the rounded scores exactly.</summary>
    /// <param name="from">The first score.</param>
    /// <param name="to">The second score.</param>
    /// <param name="unexplained">Gets what the sum of the parts lacks of the difference.</param>
    public IReadOnlyList<ScoreChangePart> Rounded(double from, double to, out double unexplained)
    {
        List<((ScoreChangeKind Kind, int Place) At, Part Part)> parts =
        [
            .. _parts.Where(of => of.Value.Score != 0).Select(of => (of.Key, of.Value)),
        ];
        if (parts.Count == 0)
        {
            // What rounding may tell apart still.
            parts.Add(((ScoreChangeKind.Decay, 0), new("")));
        }
        var rounded = new List<ScoreChangePart>(parts.Count);
        var (sum, before) = (from, ScoreChange.MicrosOf(from));
        for (var i = 0; i < parts.Count; i++)
        {
            var (at, part) = parts[i];
            sum += part.Score;
            var after = ScoreChange.MicrosOf(i == parts.Count - 1 ? to : sum);
            if (after != before)
            {
                rounded.Add(new(at.Kind, part.Term, part.Subject, part.Events, after - before));
            }
            before = after;
        }
        unexplained = to - sum;
        return rounded;
    }

    private Part PartAt((ScoreChangeKind Kind, int Place) at, string subject)
    {
        if (!_parts.TryGetValue(at, out var part))
        {
            _parts.Add(at, part = new(subject));
        }
        return part;
    }

    private sealed class Part(string subject)
    {
        public string Subject => subject;

        public double Score { get; set; }

        public long Events { get; set; }

        public HashSet<Term?> Terms { get; } = [];

        /// <summary>The term, where it comes by one alone.</summary>
        public Term? Term => Terms.Count == 1 ? Terms.Single() : null;
    }
}
