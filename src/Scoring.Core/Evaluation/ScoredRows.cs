using Scoring.Core.Models;
using Scoring.Core.Time;

namespace Scoring.Core.Evaluation;

/// <summary>The scores of one model at all cut-offs, turned so that a high one says that it will happen.</summary>
internal sealed class ScoredRows
{
    // More tell a curve of three numbers nothing new.
    private const int MostToLearnFrom = 100_000;

    private readonly EvaluationQuery _query;
    private readonly EvaluationPart _part;
    private readonly int _model;
    private readonly int _firstJudged;
    private readonly Outcomes[] _cutOffs;

    /// <param name="query">The query.</param>
    /// <param name="part">The customers.</param>
    /// <param name="model">The model's place.</param>
    /// <param name="firstJudged">The place of the first cut-off that is judged; those before it only teach probabilities.</param>
    public ScoredRows(EvaluationQuery query, EvaluationPart part, int model, int firstJudged)
    {
        (_query, _part, _model, _firstJudged) = (query, part, model, firstJudged);
        _cutOffs = [.. part.CutOffs.Select(Turned)];
        All = Together([.. Enumerable.Range(firstJudged, _cutOffs.Length - firstJudged)]);
    }

    /// <summary>The rows of all cut-offs that are judged.</summary>
    public Outcomes All { get; }

    /// <summary>The rows of one cut-off.</summary>
    public Outcomes At(int cutOff) => _cutOffs[cutOff];

    /// <summary>Judges the scores.</summary>
    public EvaluatedModel Judge(ScoringModel model, CancellationToken cancellationToken)
    {
        var area = AreaUnderRoc.Of(All);
        cancellationToken.ThrowIfCancellationRequested();
        var cutOffs = Array.ConvertAll(_cutOffs[_firstJudged..], AreaUnderRoc.Of);
        cancellationToken.ThrowIfCancellationRequested();
        var (calibration, baseLoss) = Calibrate(cancellationToken);
        return new()
        {
            Name = model.Name,
            Version = model.Version,
            Area = area,
            Gaps = Evidence.GapsOf(All, area),
            AveragePrecision = Evaluation.AveragePrecision.Of(All),
            Lifts = Lift.Of(All),
            Calibration = calibration,
            BaseLogLoss = baseLoss,
            Lead = LeadTime.Of(Leads()),
            CutOffs = cutOffs,
        };
    }

    private Outcomes Turned(CutOffRows rows)
    {
        var (scores, happened) = (new double[rows.Count], new bool[rows.Count]);
        var by = rows.ScoresBy(_model);
        for (var i = 0; i < scores.Length; i++)
        {
            scores[i] = _query.HighScoresExpectIt ? by[i] : -by[i];
            happened[i] = rows.WaitOf(i) is not null;
        }
        return new(scores, happened, [.. rows.Customers]);
    }

    private Outcomes Together(int[] cutOffs) =>
        cutOffs is [var only]
            ? _cutOffs[only]
            : new(
                [.. cutOffs.SelectMany(i => _cutOffs[i].Scores.ToArray())],
                [.. cutOffs.SelectMany(i => _cutOffs[i].Happened.ToArray())],
                [.. cutOffs.SelectMany(i => _part.CutOffs[i].Customers)]
            );

    /// <summary>Tells the customers of each cut-off probabilities that those cut-offs teach whose horizon was over by then.</summary>
    private (Calibration? Calibration, double? BaseLogLoss) Calibrate(CancellationToken cancellationToken)
    {
        var (told, rates, happened) = (new List<double>(), new List<double>(), new List<bool>());
        LogisticCalibration? curve = null;
        var (learnt, rate) = (0, 0.0);
        for (var i = _firstJudged; i < _cutOffs.Length; i++)
        {
            var known = _query.KnownCutOffs(_query.CutOffs[i]);
            if (known > learnt)
            {
                cancellationToken.ThrowIfCancellationRequested();
                var earlier = Some(Together([.. Enumerable.Range(0, known)]));
                (curve, learnt) = (LogisticCalibration.Fit(earlier), known);
                rate = (double)earlier.Positives / Math.Max(earlier.Count, 1);
            }
            if (curve is null)
            {
                continue;
            }
            foreach (var score in _cutOffs[i].Scores)
            {
                told.Add(curve.Probability(score));
                rates.Add(rate);
            }
            happened.AddRange(_cutOffs[i].Happened);
        }
        return (
            Calibration.Of(told.ToArray(), happened.ToArray()),
            Calibration.Of(rates.ToArray(), happened.ToArray())?.LogLoss
        );
    }

    /// <summary>Every so many of too many rows.</summary>
    private static Outcomes Some(Outcomes all)
    {
        var step = (all.Count + MostToLearnFrom - 1) / MostToLearnFrom;
        return step <= 1
            ? all
            : new(
                [.. all.Scores.ToArray().Where((_, row) => row % step == 0)],
                [.. all.Happened.ToArray().Where((_, row) => row % step == 0)]
            );
    }

    /// <summary>Of each thing that happened the time from the first cut-off with a warning; null where there was none.</summary>
    private TimeSpan?[] Leads()
    {
        var leads = new Dictionary<(int Customer, Instant At), TimeSpan?>();
        for (var i = _firstJudged; i < _cutOffs.Length; i++)
        {
            var border = WarningAbove(_cutOffs[i]);
            for (var row = 0; row < _cutOffs[i].Count; row++)
            {
                if (_part.CutOffs[i].WaitOf(row) is { } wait)
                {
                    var key = (_part.CutOffs[i].Customers[row], _query.CutOffs[i] + wait);
                    var lead = _cutOffs[i].Scores[row] > border ? wait : (TimeSpan?)null;
                    leads[key] = leads.GetValueOrDefault(key) is { } earlier && !(lead > earlier) ? earlier : lead;
                }
            }
        }
        return [.. leads.Values];
    }

    /// <summary>The score above which at most a tenth lie.</summary>
    private static double WarningAbove(Outcomes outcomes)
    {
        var sorted = outcomes.Scores.ToArray();
        Array.Sort(sorted);
        return sorted.Length < 10 ? double.PositiveInfinity : sorted[^((sorted.Length / 10) + 1)];
    }
}
