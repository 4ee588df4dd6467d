using Scoring.Core.Models;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>What was told of a segment's past, for as long as it is true. Used by whose turn it is.</summary>
internal sealed class KeptHistory
{
    private readonly Dictionary<Instant, SegmentStatistics> _points = [];
    private Dictionary<int, PastMark> _marks = [];
    private ModelReference? _model;
    private Instant _completeSince = Instant.MinValue;

    /// <summary>Whose turn it is.</summary>
    public SemaphoreSlim Turn { get; } = new(1);

    /// <summary>Instants of which something is kept. Read by anybody.</summary>
    public int Count { get; private set; }

    /// <summary>When some partitions told what is kept; nothing where that was by another model.</summary>
    public IReadOnlyList<PastMark> MarksOf(ScoringModel model, IReadOnlyList<int> partitions) =>
        ReferenceOf(model) == _model ? [.. partitions.Where(_marks.ContainsKey).Select(p => _marks[p])] : [];

    /// <summary>Forgets what is no longer true.</summary>
    /// <param name="model">The model.</param>
    /// <param name="marks">What the partitions say now, all together.</param>
    public void GoOn(ScoringModel model, IReadOnlyList<PastMarks> marks)
    {
        var changedFrom = marks.Min(of => of.ChangedFrom ?? new Instant(long.MaxValue));
        if (ReferenceOf(model) != _model)
        {
            changedFrom = Instant.MinValue;
        }
        _completeSince = marks.Max(of => of.CompleteSince);
        foreach (var time in _points.Keys.Where(time => time >= changedFrom).ToList())
        {
            _points.Remove(time);
        }
        (_model, _marks, Count) = (
            ReferenceOf(model),
            marks.SelectMany(of => of.Marks).ToDictionary(mark => mark.Partition),
            _points.Count
        );
    }

    /// <summary>What is kept of an instant; null for nothing. What everything is no longer known of is not told, as if it had not been kept.</summary>
    public SegmentStatistics? Find(Instant time) => time >= _completeSince ? _points.GetValueOrDefault(time) : null;

    /// <summary>Keeps what was told of an instant since <see cref="GoOn"/>.</summary>
    public void Keep(Instant time, SegmentStatistics statistics)
    {
        _points[time] = statistics;
        Count = _points.Count;
    }

    private static ModelReference ReferenceOf(ScoringModel model) => new(model.Name, model.Version);
}
