namespace Scoring.Core.Evaluation;

/// <summary>How well the scores of one model told what happened.</summary>
public sealed record EvaluatedModel
{
    /// <summary>The model.</summary>
    public required string Name { get; init; }

    /// <summary>Its version; 0 for one that is not stored.</summary>
    public required int Version { get; init; }

    /// <summary>The area under the ROC curve over all cut-offs, with the interval that fits customers who are in several of them; null where one of the two kinds lacks two customers.</summary>
    public AreaUnderRoc? Area { get; init; }

    /// <summary>What makes this too little to say anything by; nothing when it is enough.</summary>
    public IReadOnlyList<EvidenceGap> Gaps { get; init; } = [];

    /// <summary>As <see cref="Evaluation.AveragePrecision"/>; null when it happened to nobody.</summary>
    public double? AveragePrecision { get; init; }

    /// <summary>The tenths of the customers, the likeliest first.</summary>
    public IReadOnlyList<Lift> Lifts { get; init; } = [];

    /// <summary>How well probabilities fitted that were made of the scores by earlier cut-offs alone; null where no cut-off has one whose horizon was over.</summary>
    public Calibration? Calibration { get; init; }

    /// <summary>The log-loss of telling everybody the rate of those earlier cut-offs; null where there is no calibration.</summary>
    public double? BaseLogLoss { get; init; }

    /// <summary>How long beforehand it was told.</summary>
    public required LeadTime Lead { get; init; }

    /// <summary>The area at each cut-off.</summary>
    public IReadOnlyList<AreaUnderRoc?> CutOffs { get; init; } = [];
}
