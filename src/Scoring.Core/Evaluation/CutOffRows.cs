using Scoring.Core.Serialization;

namespace Scoring.Core.Evaluation;

/// <summary>The customers of one cut-off: their scores, and what happened to them.</summary>
public sealed class CutOffRows
{
    private const long Nothing = -1;

    private readonly List<int> _customers = [];
    private readonly List<double>[] _scores;
    private readonly List<long> _waits = [];

    /// <param name="models">How many scores each customer has.</param>
    public CutOffRows(int models) => _scores = [.. Enumerable.Range(0, models).Select(_ => new List<double>())];

    /// <summary>How many customers there are.</summary>
    public int Count => _customers.Count;

    /// <summary>Events that occurred up to the cut-off and came to be known after it.</summary>
    public long LateEvents { get; set; }

    /// <summary>Customers who are not looked at: it had happened to them before, or they were merged into another customer before the horizon was over.</summary>
    public long LeftOut { get; set; }

    /// <summary>To how many of them it happened.</summary>
    internal int Happened => _waits.Count(wait => wait != Nothing);

    /// <summary>The number of each customer, the same at every cut-off.</summary>
    internal IReadOnlyList<int> Customers => _customers;

    /// <summary>The scores by a model.</summary>
    internal IReadOnlyList<double> ScoresBy(int model) => _scores[model];

    /// <summary>How long after the cut-off it happened; null when it did not.</summary>
    internal TimeSpan? WaitOf(int place) => _waits[place] == Nothing ? null : new(_waits[place]);

    /// <summary>Adds a customer.</summary>
    internal void Add(int customer, double[] scores, TimeSpan? wait)
    {
        _customers.Add(customer);
        for (var model = 0; model < _scores.Length; model++)
        {
            _scores[model].Add(scores[model]);
        }
        _waits.Add(wait?.Ticks ?? Nothing);
    }

    /// <summary>Adds the customers of other partitions, whose numbers go on behind those that are there.</summary>
    internal void Add(CutOffRows other, int firstCustomer)
    {
        for (var i = 0; i < other.Count; i++)
        {
            _customers.Add(other._customers[i] + firstCustomer);
        }
        for (var model = 0; model < _scores.Length; model++)
        {
            _scores[model].AddRange(other._scores[model]);
        }
        _waits.AddRange(other._waits);
        LateEvents += other.LateEvents;
        LeftOut += other.LeftOut;
    }

    internal void Write(ref RecordWriter writer)
    {
        writer.Count(Count);
        writer.Int64(LateEvents);
        writer.Int64(LeftOut);
        for (var i = 0; i < Count; i++)
        {
            writer.Count(_customers[i]);
            writer.Int64(_waits[i]);
            foreach (var scores in _scores)
            {
                writer.Double(scores[i]);
            }
        }
    }

    internal static CutOffRows Read(ref RecordReader reader, int models)
    {
        var count = reader.Count();
        var rows = new CutOffRows(models) { LateEvents = reader.Int64(), LeftOut = reader.Int64() };
        var scores = new double[models];
        for (var i = 0; i < count; i++)
        {
            var (customer, wait) = (reader.Count(), reader.Int64());
            for (var model = 0; model < models; model++)
            {
                scores[model] = reader.Double();
            }
            rows.Add(customer, scores, wait == Nothing ? null : new(wait));
        }
        return rows;
    }
}
