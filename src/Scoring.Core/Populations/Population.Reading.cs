using System.Collections;
using System.Text;
using Scoring.Core.Accounts;
using Scoring.Core.Filters;
using Scoring.Core.Listing;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Core.Populations;

// Scores, and tallies of segments and accounts.
public sealed partial class Population
{
    private const int PrefetchAhead = 8;

    /// <summary>Brings the columns up to date. Tallies do so themselves; a host that does it after each batch keeps them fast.</summary>
    /// <param name="rows">For how many rows.</param>
    /// <returns>Whether others are left.</returns>
    public bool Settle(int rows = int.MaxValue)
    {
        var areLeft = _columns.Settle(rows, NewestEvent);
        GC.KeepAlive(this);
        return areLeft;
    }

    /// <summary>Whether <see cref="Score"/> by a model changes nothing, so that others may read meanwhile.</summary>
    public bool CanScore(ScoringModel model) => _columns.Knows(model);

    /// <summary>Whether tallies by a model change nothing, so that others may read meanwhile.</summary>
    public bool CanTally(ScoringModel model) => _columns.IsSettled(model, NewestEvent);

    /// <summary>Sees to <see cref="CanScore"/>, which holds until another model is asked for or put in its place.</summary>
    public void MakeReadyToScore(ScoringModel model) => _columns.Of(model);

    /// <summary>Sees to <see cref="CanTally"/>, which holds until the next write.</summary>
    public void MakeReadyToTally(ScoringModel model) => _columns.SettledOf(model, NewestEvent);

    /// <summary>The score of a customer.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">The instant; not before <see cref="NewestEventOf"/>, which is the host's to see to.</param>
    public CustomerScore Score(int row, ScoringModel model, Instant readTime) =>
        ScoreBy(_columns.Of(model).Model, row, readTime);

    /// <summary>The score of a customer without why: what <see cref="Score"/> says of it, for less.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">The instant; not before <see cref="NewestEventOf"/>.</param>
    public ScoreOutline Outline(int row, ScoringModel model, Instant readTime)
    {
        var customer = Of(row, model, readTime);
        var compiled = _columns.Of(model).Model;
        var outline = CustomerScorer.Outline(compiled, _schema, customer, _lifecycles[row], _lifecycle, readTime);
        GC.KeepAlive(this);
        return outline;
    }

    private CustomerScore ScoreBy(CompiledModel model, int row, Instant readTime)
    {
        var score = CustomerScorer.Score(
            model,
            _schema,
            Of(row, model.Model, readTime),
            Encoding.UTF8.GetString(_ids[row]),
            _accounts.AccountOf(row),
            _attributes.Of(row),
            _lifecycles[row],
            _lifecycle,
            readTime
        );
        GC.KeepAlive(this);
        return score;
    }

    private ScoredCustomer Of(int row, ScoringModel model, Instant readTime) =>
        new(_facts[row], _attributes, row, _adjustments.Find(row, model.Name, readTime));

    /// <summary>What this population adds to the statistics of a segment.</summary>
    /// <param name="query">The query; of its read time it matters only whether there is one, or the present is read.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">The instant; that it is not before the tally's newest event is the host's to see to.</param>
    /// <param name="aheadFrom">Customers whose newest event lies after this instant are left out and counted; null for none.</param>
    /// <param name="into">The tally of other populations that this one adds to; null for one of its own.</param>
    /// <param name="without">Rows that are left out and not counted; null for none.</param>
    public SegmentTally Tally(
        SegmentQuery query,
        ScoringModel model,
        Instant readTime,
        Instant? aheadFrom = null,
        SegmentTally? into = null,
        RowSet? without = null
    )
    {
        var tally = into ?? new SegmentTally(query, Count);
        tally.Reserve(Count);
        Scan(
            [query.Filter],
            query.ReadTime,
            (model, readTime, aheadFrom),
            (compiled, scores, selections) =>
            {
                var selection = selections[0];
                // What is kept for the whole population must be gathered from the facts for a part of it, where it matters.
                var ungathered =
                    tally.OfMembers is not { } totals ? Ungathered.Nobody
                    : selection.IsAnyAhead ? Ungathered.Everybody
                    : _cohorts.AddTotals(selection.Filter, totals);
                new SegmentScan(
                    _schema,
                    _ids,
                    _facts,
                    _accounts,
                    _cohorts,
                    _lifecycles,
                    _lifecycle,
                    compiled,
                    selection,
                    scores,
                    readTime
                ).Run(tally, ungathered);
                tally.TakeTotals(_schema);
            },
            without
        );
        return tally;
    }

    /// <summary>Adds the customers that pass a filter, and the segments of them, to the preview of a model, which is compiled for that alone: nothing is kept of it.</summary>
    /// <param name="query">The query; of its read time it matters only whether there is one, or the present is read.</param>
    /// <param name="model">The model to compare with.</param>
    /// <param name="readTime">The instant; that it is not before the tally's newest event is the host's to see to.</param>
    /// <param name="aheadFrom">Customers whose newest event lies after this instant are left out and counted.</param>
    /// <param name="into">The preview.</param>
    public void Preview(PreviewQuery query, ScoringModel model, Instant readTime, Instant aheadFrom, PreviewTally into)
    {
        var candidate = new ModelColumns(new CompiledModel(query.Candidate, _schema), _schema, _attributes);
        candidate.MoveTo(NewestEvent);
        Scan(
            [query.Filter, .. query.SegmentQueries().Select(part => part.Filter)],
            query.ReadTime,
            (model, readTime, aheadFrom),
            (compiled, scores, selections) =>
                new PreviewScan(
                    [.. selections.Zip([into, .. into.Segments])],
                    new StageCount(_facts, _lifecycles, _lifecycle, readTime.UtcDay),
                    scores,
                    new RowScores(_facts, candidate, _adjustments, readTime),
                    (model, query.Candidate),
                    row => Encoding.UTF8.GetString(_ids[row]),
                    row => new(ScoreBy(compiled, row, readTime), ScoreBy(candidate.Model, row, readTime))
                ).Run(Count)
        );
    }

    /// <summary>Adds the customers that pass a filter to a list.</summary>
    /// <param name="query">The query; of its read time it matters only whether there is one, or the present is read.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">The instant; that it is not before the list's newest event is the host's to see to.</param>
    /// <param name="aheadFrom">Customers whose newest event lies after this instant are left out and counted.</param>
    /// <param name="into">The list.</param>
    public void List(CustomerListQuery query, ScoringModel model, Instant readTime, Instant aheadFrom, IdList into) =>
        Scan(
            [query.Filter],
            query.ReadTime,
            (model, readTime, aheadFrom),
            (compiled, scores, selections) =>
                new ListScan(_schema, _ids, _facts, _lifecycle, compiled, selections[0], scores, readTime).Run(
                    query.Order,
                    into
                )
        );

    /// <summary>The rows of the customers that pass a filter at present: a bit for each row.</summary>
    /// <param name="filter">The filter.</param>
    /// <param name="model">The model that it is read by.</param>
    /// <param name="readTime">The instant; that it is not before <see cref="NewestEvent"/> is the host's to see to.</param>
    public BitArray Select(Filter filter, ScoringModel model, Instant readTime)
    {
        var found = new BitArray(Rows);
        Scan([filter], asked: null, (model, readTime, null), (_, _, selections) => Mark(selections[0], found));
        return found;
    }

    private static void Mark(RowSelection selection, BitArray found)
    {
        Span<ulong> selected = stackalloc ulong[RowSelection.Words];
        Span<int> room = stackalloc int[RowSelection.Words * 64];
        for (var chunk = 0; chunk < selection.Chunks; chunk++)
        {
            selection.Select(chunk, selected);
            foreach (var row in RowTest.RowsOf(chunk, selected, room))
            {
                found[row] = true;
            }
        }
    }

    /// <summary>Counts what the customers of two segments have.</summary>
    /// <param name="query">The query; of its read time it matters only whether there is one, or the present is read.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">The instant; that it is not before the tally's newest event is the host's to see to.</param>
    /// <param name="aheadFrom">Customers whose newest event lies after this instant are left out.</param>
    /// <param name="into">Gets what is counted.</param>
    public void CountTraits(
        ContrastQuery query,
        ScoringModel model,
        Instant readTime,
        Instant aheadFrom,
        TraitTally into
    ) =>
        Scan(
            [query.Filter, query.Other],
            query.ReadTime,
            (model, readTime, aheadFrom),
            (_, _, selections) =>
            {
                for (var side = 0; side < selections.Length; side++)
                {
                    new TraitScan(_schema, _facts, _attributes, selections[side]).Run(into, side);
                }
            }
        );

    /// <summary>Adds the customers that pass a filter to groups by the values of their attributes.</summary>
    /// <param name="query">The query; of its read time it matters only whether there is one, or the present is read.</param>
    /// <param name="model">The model.</param>
    /// <param name="readTime">The instant; that it is not before the tally's newest event is the host's to see to.</param>
    /// <param name="aheadFrom">Customers whose newest event lies after this instant are left out and counted.</param>
    /// <param name="into">The groups.</param>
    public void Group(GroupQuery query, ScoringModel model, Instant readTime, Instant aheadFrom, GroupTally into) =>
        Scan(
            [query.Filter],
            query.ReadTime,
            (model, readTime, aheadFrom),
            (_, scores, selections) =>
                new GroupScan(
                    _facts,
                    _lifecycles,
                    _lifecycle,
                    model,
                    [.. query.By.Select(_attributes.Find)],
                    selections[0],
                    scores,
                    readTime.UtcDay
                ).Run(into)
        );

    /// <summary>Has the rows scanned that pass each of some filters.</summary>
    /// <param name="filters">The filters.</param>
    /// <param name="asked">The instant that is asked for; null for the present.</param>
    /// <param name="by">The model, the instant, and that after which a customer's newest event is left out.</param>
    /// <param name="scan">Scans, given the model, the scores by it, and the rows of each filter.</param>
    /// <param name="without">Rows that pass none; null for none.</param>
    private void Scan(
        IReadOnlyList<Filter> filters,
        Instant? asked,
        (ScoringModel Model, Instant ReadTime, Instant? AheadFrom) by,
        Action<CompiledModel, RowScores, RowSelection[]> scan,
        RowSet? without = null
    )
    {
        var columns = _columns.SettledOf(by.Model, NewestEvent);
        var scores = new RowScores(_facts, columns, _adjustments, by.ReadTime);
        RowSelection[] selections =
        [
            .. filters.Select(filter => new RowSelection(
                _facts,
                RowTest.All([
                    Compile(filter, columns.Model, scores, by.ReadTime),
                    without is { Count: > 0 } ? RowTest.Outside(without) : RowTest.Everyone,
                ]),
                NewestEvent,
                by.ReadTime,
                by.AheadFrom
            )),
        ];
        scan(columns.Model, scores, selections);
        if (asked is null)
        {
            columns.NoteStale(scores.Stale, by.ReadTime);
        }
        GC.KeepAlive(this);
    }

    /// <summary>What this population adds to the health of an account; a tally of no customers when none belongs to it.</summary>
    /// <param name="accountId">The account.</param>
    /// <param name="model">The model whose bands are counted.</param>
    /// <param name="windowDays">Length of the period in days.</param>
    /// <param name="readTime">The instant; that it is not before the tally's newest event is the host's to see to.</param>
    /// <param name="aheadFrom">Customers whose newest event lies after this instant are left out and counted; null for none.</param>
    public AccountTally TallyAccount(
        string accountId,
        ScoringModel model,
        int windowDays,
        Instant readTime,
        Instant? aheadFrom = null
    )
    {
        var columns = _columns.SettledOf(model, NewestEvent);
        var factors = columns.FactorsAt(readTime);
        var tally = new AccountTally(model, windowDays, readTime.UtcDay);
        Tally(_accounts.RowsOf(accountId), tally, columns, factors, readTime, aheadFrom);
        tally.TakeFeatures(_schema.Features);
        GC.KeepAlive(this);
        return tally;
    }

    /// <summary>The account that a customer belongs to; empty for none.</summary>
    /// <param name="row">The customer's row; -1 for nobody.</param>
    internal string AccountOf(int row) => row < 0 ? "" : _accounts.AccountOf(row);

    /// <summary>What customers add to the health of an account, whichever they belong to. Their bands are not counted, and of features only those that they used are told.</summary>
    /// <param name="rows">Their rows; -1 for those of whom nothing is known.</param>
    /// <param name="model">The model.</param>
    /// <param name="windowDays">Length of the period in days.</param>
    /// <param name="readTime">The instant; not before the newest event of any.</param>
    internal AccountTally TallyMembers(IEnumerable<int> rows, ScoringModel model, int windowDays, Instant readTime)
    {
        var tally = new AccountTally(model, windowDays, readTime.UtcDay);
        foreach (var row in rows)
        {
            if (row < 0)
            {
                tally.AddUnknown();
            }
            else
            {
                tally.Add(_facts[row], _lifecycles[row]);
            }
        }
        tally.TakeUsedFeatures(_schema.Features);
        GC.KeepAlive(this);
        return tally;
    }

    /// <summary>Adds the members of every account to its tally.</summary>
    /// <param name="model">The model whose bands are counted.</param>
    /// <param name="windowDays">Length of the period in days.</param>
    /// <param name="readTime">The instant; that it is not before the newest event is the host's to see to.</param>
    /// <param name="aheadFrom">Customers whose newest event lies after this instant are left out and counted.</param>
    /// <param name="into">The accounts.</param>
    public void TallyAccounts(
        ScoringModel model,
        int windowDays,
        Instant readTime,
        Instant aheadFrom,
        AccountTable into
    )
    {
        var columns = _columns.SettledOf(model, NewestEvent);
        var factors = columns.FactorsAt(readTime);
        var ofNobody = new AccountTally(model, windowDays, readTime.UtcDay);
        ofNobody.TakeFeatures(_schema.Features);
        into.AddFeatures(ofNobody);
        for (var account = 0; account < _accounts.Numbers; account++)
        {
            var rows = _accounts.RowsOf(account);
            if (rows.Length > 0)
            {
                var tally = into.Of(_accounts.IdOf(account), () => new(model, windowDays, readTime.UtcDay));
                Tally(rows, tally, columns, factors, readTime, aheadFrom);
                tally.TakeUsedFeatures(_schema.Features);
            }
        }
        GC.KeepAlive(this);
    }

    private void Tally(
        ReadOnlySpan<int> rows,
        AccountTally tally,
        ModelColumns columns,
        ReadingFactors? factors,
        Instant readTime,
        Instant? aheadFrom
    )
    {
        for (var i = 0; i < rows.Length; i++)
        {
            if (i + PrefetchAhead < rows.Length)
            {
                columns.Prefetch(rows[i + PrefetchAhead]);
                _facts.PrefetchFacts(rows[i + PrefetchAhead]);
            }
            var facts = _facts[rows[i]];
            if (facts.LastEvent > aheadFrom)
            {
                tally.AddAhead();
                continue;
            }
            var points = columns.Points(rows[i], facts, factors, readTime);
            var adjustment = _adjustments.Find(rows[i], columns.Model.Model.Name, readTime);
            tally.Add(facts, _lifecycles[rows[i]], columns.Model.Model.Score(points, adjustment));
        }
        GC.KeepAlive(columns);
    }

    private RowTest Compile(Filter filter, CompiledModel model, RowScores scores, Instant readTime) =>
        new FilterCompiler(
            _schema,
            _ids,
            _facts,
            _attributes,
            _accounts,
            _adjustments,
            _lifecycles,
            _lifecycle,
            model,
            scores,
            readTime
        ).Compile(filter.Condition);
}
