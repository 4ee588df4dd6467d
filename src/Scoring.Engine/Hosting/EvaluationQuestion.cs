using Scoring.Core.Evaluation;
using Scoring.Core.Models;

namespace Scoring.Engine.Hosting;

/// <summary>Asks a host what the customers of some partitions add to an evaluation.</summary>
/// <param name="Query">What is judged; of a list, what concerns these partitions.</param>
/// <param name="ModelVersion">The version of the model that the filter is read by.</param>
/// <param name="Models">The models that are judged.</param>
/// <param name="Partitions">The partitions.</param>
/// <param name="Accounts">Which accounts met at each cut-off what the filter asks of accounts, as of <see cref="PastSegmentQuestion"/>.</param>
public sealed record EvaluationQuestion(
    EvaluationQuery Query,
    int ModelVersion,
    IReadOnlyList<ScoringModel> Models,
    IReadOnlyList<int> Partitions,
    IReadOnlyList<PastAccountMatch>? Accounts = null
);
