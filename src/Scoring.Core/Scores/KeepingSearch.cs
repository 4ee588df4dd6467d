using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Scores;

/// <summary>Finds the fewest events of a type that keep a score from falling below a level, if they occur at once and nothing else happens.</summary>
/// <remarks>
/// <para>
/// A score is at its lowest at a turning point or an end of one of its <see cref="ScorePiece"/>s, so it is known in closed form whether a number of events does. The first event is what makes a day
/// active and is the newest of its type; each further one only adds to the terms of the type, so that more never do worse where none of these takes points away: the number is
/// then found by bisection. Where some of them do and others give, all numbers are tried.
/// </para>
/// </remarks>
internal sealed class KeepingSearch
{
    private readonly CompiledModel _model;
    private readonly FactsSchema _schema;
    private readonly HypotheticalCustomer _customer;
    private readonly Instant _readTime;
    private readonly Instant _until;
    private readonly double _least;

    /// <param name="model">The model.</param>
    /// <param name="schema">The schema of the facts.</param>
    /// <param name="customer">The customer with other facts.</param>
    /// <param name="readTime">From when on; not before the customer's newest event.</param>
    /// <param name="until">Up to when, itself included.</param>
    /// <param name="band">Place of the band in the model.</param>
    public KeepingSearch(
        ScoringModel model,
        FactsSchema schema,
        HypotheticalCustomer customer,
        Instant readTime,
        Instant until,
        int band
    )
    {
        _schema = WithNames(schema, TypesOf(model));
        _model = new CompiledModel(model, _schema);
        (_customer, _readTime, _until) = (customer, readTime, until);
        _least = band == 0 ? double.NegativeInfinity : model.Bands[band - 1].NextFrom!.Value;
    }

    /// <summary>The customer with some facts, at an instant.</summary>
    public delegate ScoredCustomer HypotheticalCustomer(FactsView facts, Instant instant);

    /// <summary>What keeps the score.</summary>
    /// <param name="words">The facts of the customer.</param>
    /// <param name="isActive">Whether events of a type make customers active.</param>
    /// <param name="band">Name of the band.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="OperationCanceledException">The search was ended.</exception>
    public BandKeeping Find(
        ReadOnlySpan<ulong> words,
        Func<string, bool> isActive,
        string band,
        CancellationToken cancellationToken
    )
    {
        var facts = words.ToArray();
        var isKept = Lowest(facts).Score >= _least;
        var options = new List<KeepingEvents>();
        foreach (var type in isKept ? [] : TypesOf(_model.Model))
        {
            cancellationToken.ThrowIfCancellationRequested();
            if (Fewest(facts, type, isActive(type)) is { } option)
            {
                options.Add(option);
            }
        }
        return new(
            band,
            _until,
            isKept,
            ScoreAt(facts, _until),
            [.. options.OrderBy(of => of.Count).ThenBy(of => of.EventType, StringComparer.Ordinal)]
        );
    }

    /// <summary>The types that the model counts events of, or looks for the newest event of.</summary>
    private static IEnumerable<string> TypesOf(ScoringModel model) =>
        model
            .Terms.Select(term => (term as EventTerm)?.EventType ?? (term as RecencyTerm)?.EventType)
            .OfType<string>()
            .Distinct(StringComparer.Ordinal);

    /// <summary>A schema in which names have numbers that may have had no event yet.</summary>
    private static FactsSchema WithNames(FactsSchema schema, IEnumerable<string> types)
    {
        var names = schema.EventTypes.Without(new HashSet<int>());
        foreach (var type in types)
        {
            names.Intern(Encoding.UTF8.GetBytes(type));
        }
        return new(schema.HalfLives.ToArray()) { EventTypes = names, Features = schema.Features };
    }

    private KeepingEvents? Fewest(ulong[] without, string type, bool isActive)
    {
        var weights = _model.Terms.Where(of => of.Term.EventType == type).Select(of => of.Term.Weight).ToList();
        var isMixed = weights.Exists(weight => weight < 0) && weights.Exists(weight => weight > 0);
        var most = weights.Exists(weight => weight > 0) ? Limits.KeepingEvents : 1;
        var (failing, facts) = (0, without);
        (int Count, ulong[] Facts)? keeping = null;
        var lowest = _readTime;
        while (failing + 1 < (keeping?.Count ?? most + 1))
        {
            var count =
                keeping is { } found ? (failing + found.Count) / 2
                : isMixed ? failing + 1
                : Math.Clamp(2 * failing, 1, most);
            var with = With(facts, type, count - failing, isActive);
            if (Keeps(with, ref lowest))
            {
                keeping = (count, with);
            }
            else
            {
                (failing, facts) = (count, with);
            }
        }
        return keeping is var (fewest, kept) ? new(type, fewest, ScoreAt(kept, _until)) : null;
    }

    /// <summary>Whether the score stays at the level or above it.</summary>
    /// <param name="facts">The facts.</param>
    /// <param name="lowest">An instant at which the score of others was below it, and will be looked at first; gets another such instant.</param>
    private bool Keeps(ulong[] facts, ref Instant lowest)
    {
        if (ScoreAt(facts, lowest) < _least)
        {
            return false;
        }
        var (score, at) = Lowest(facts);
        lowest = at;
        return score >= _least;
    }

    /// <summary>The facts with events at the beginning.</summary>
    private ulong[] With(ulong[] facts, string type, int count, bool isActive)
    {
        var number = _schema.EventTypes.Find(type);
        var with = new ulong[new FactsView(facts, _schema).LengthWith(number, value: 1, feature: null)];
        facts.CopyTo(with, 0);
        var view = new FactsView(with, _schema);
        for (var i = 0; i < count; i++)
        {
            view.Record(number, value: 1, feature: -1, _readTime, isActive, out _);
        }
        return with;
    }

    private double ScoreAt(ulong[] facts, Instant instant)
    {
        var customer = _customer(new FactsView(facts, _schema), instant);
        return _model.Model.Score(CustomerScorer.Points(_model, _schema, customer, instant), customer.Adjustment);
    }

    /// <summary>The lowest score from the beginning to the end, and an instant at which it is that.</summary>
    private (double Score, Instant At) Lowest(ulong[] facts)
    {
        var lowest = (Score: double.PositiveInfinity, At: _readTime);
        var pieces = ScorePiece.Between(
            _model,
            _schema,
            at => _customer(new FactsView(facts, _schema), at),
            _readTime,
            _until
        );
        foreach (var piece in pieces)
        {
            // At its end another one has begun, but for the last one.
            var last = piece.End == _until ? _until : piece.End - TimeSpan.FromTicks(1);
            var length = (last - piece.From).TotalDays;
            foreach (var days in piece.Points.TurningPoints().Where(days => days < length).Prepend(0).Append(length))
            {
                if (piece.ScoreAt(_model.Model, days) is var score && score < lowest.Score)
                {
                    lowest = (score, piece.From + TimeSpan.FromTicks((long)(days * TimeSpan.TicksPerDay)));
                }
            }
        }
        return lowest;
    }
}
