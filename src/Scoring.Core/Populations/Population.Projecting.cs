using System.Text;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

/// <content>What becomes of scores if nothing happens.</content>
public sealed partial class Population
{
    /// <summary>
    /// When the score of a customer changes next other than by decay, if nothing happens: until then it is a constant plus a sum of exponentials. Null when it never
    /// does.
    /// </summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">From when on; not before <see cref="NewestEventOf"/>.</param>
    public Instant? NextChange(int row, ScoringModel model, Instant readTime)
    {
        var next = Scores.NextChange.After(_columns.Of(model).Model, _schema, Of(row, model, readTime), readTime);
        GC.KeepAlive(this);
        return next;
    }

    /// <summary>When the score of a customer falls into other bands if nothing happens, by time.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">From when on; not before <see cref="NewestEventOf"/>.</param>
    /// <param name="until">Up to when.</param>
    /// <param name="most">How many are wanted at the most.</param>
    public IReadOnlyList<BandCrossing> Project(
        int row,
        ScoringModel model,
        Instant readTime,
        Instant until,
        int most = int.MaxValue
    )
    {
        var compiled = _columns.Of(model).Model;
        var crossings = Projection.Of(compiled, _schema, at => Of(row, model, at), readTime, until, most);
        GC.KeepAlive(this);
        return crossings;
    }

    /// <summary>The fewest events of one type that keep a customer's score from falling below a band, if they occur at once and nothing else happens.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">From when on; not before <see cref="NewestEventOf"/>.</param>
    /// <param name="until">Up to when, itself included.</param>
    /// <param name="band">Place of the band in the model.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    /// <exception cref="OperationCanceledException">The search was ended.</exception>
    public BandKeeping Keep(
        int row,
        ScoringModel model,
        Instant readTime,
        Instant until,
        int band,
        CancellationToken cancellationToken
    )
    {
        var search = new KeepingSearch(
            model,
            _schema,
            (facts, at) => new(facts, _attributes, row, _adjustments.Find(row, model.Name, at)),
            readTime,
            until,
            band
        );
        var keeping = search.Find(
            _facts[row].Words,
            type => !_passiveNames.Contains(type),
            model.Bands[band].Name,
            cancellationToken
        );
        GC.KeepAlive(this);
        return keeping;
    }

    /// <summary>Adds who will leave a band, of the customers that pass a filter, if nothing more happens.</summary>
    /// <param name="query">The query; its band is one of the model's.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">The instant that is now; that it is not before the tally's newest event is the host's to see to.</param>
    /// <param name="aheadFrom">Customers whose newest event lies after this instant are left out and counted.</param>
    /// <param name="into">Gets what is found.</param>
    public void FindLeavers(
        BandLeaverQuery query,
        ScoringModel model,
        Instant readTime,
        Instant aheadFrom,
        BandLeaverTally into
    )
    {
        var band = Enumerable.Range(0, model.Bands.Count).First(place => model.Bands[place].Name == query.Band);
        var onlyFalls = Projection.OnlyFalls(model);
        Scan(
            [query.Filter],
            asked: null,
            (model, readTime, aheadFrom),
            (compiled, scores, selections) =>
            {
                ScoreBy(selections[0], [scores], (row, of) => Look(compiled, row, of[0]));
                into.Ahead += selections[0].Ahead;
                into.NewestEvent = Instant.Max(into.NewestEvent, selections[0].NewestEvent);
            }
        );

        void Look(CompiledModel compiled, int row, double score)
        {
            if (model.BandOf(score) != band)
            {
                return;
            }
            into.InBand++;
            if (!IsStillAt(compiled, row) && Describe(row, score) is { } leaver)
            {
                into.Leaving++;
                into.Place(leaver, query.Count);
            }
        }

        // A score that only falls is in the band all the time if it is at the end.
        bool IsStillAt(CompiledModel compiled, int row) =>
            onlyFalls
            && _adjustments.Find(row, model.Name, readTime) is null
            && model.BandOf(
                model.Score(CustomerScorer.Points(compiled, _schema, Of(row, model, query.Until), query.Until))
            ) == band;

        BandLeaver? Describe(int row, double score) =>
            Project(row, model, readTime, query.Until, most: 1) is [var (time, entered)]
                ? new(Encoding.UTF8.GetString(_ids[row]), _accounts.AccountOf(row), score, time, entered)
                : null;
    }
}
