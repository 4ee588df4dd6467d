using Scoring.Core.Models;

namespace Scoring.Core.Evaluation;

/// <summary>How full a band is with the weights that a model has and with those that are proposed.</summary>
/// <param name="Name">The band.</param>
/// <param name="BaseShare">The share of the scores by the model that are in it, 0 to 1.</param>
/// <param name="DraftShare">The share of those by the draft.</param>
public sealed record ProposedBand(string Name, double BaseShare, double DraftShare)
{
    /// <summary>The bands of a model.</summary>
    /// <param name="model">The model, whose bands the draft has too.</param>
    /// <param name="cutOffs">Scores by the draft, and behind them by the model; at least one.</param>
    internal static ProposedBand[] Of(ScoringModel model, IReadOnlyList<CutOffRows> cutOffs)
    {
        var (draft, old) = (Shares(model, cutOffs, 0), Shares(model, cutOffs, 1));
        return [.. model.Bands.Select((band, i) => new ProposedBand(band.Name, old[i], draft[i]))];
    }

    private static double[] Shares(ScoringModel model, IReadOnlyList<CutOffRows> cutOffs, int of)
    {
        var counts = new int[model.Bands.Count];
        foreach (var score in cutOffs.SelectMany(rows => rows.ScoresBy(of)))
        {
            counts[model.BandOf(score)]++;
        }
        return Array.ConvertAll(counts, count => (double)count / counts.Sum());
    }
}
