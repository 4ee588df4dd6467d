using Scoring.Core.Accounts;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>How an account fared.</summary>
/// <param name="ModelName">The model whose bands are counted.</param>
/// <param name="ModelVersion">Its version, by which all points are counted.</param>
/// <param name="Points">By time. Instants at which nothing was known of the account have none.</param>
public sealed record AccountHealthHistory(string ModelName, int ModelVersion, IReadOnlyList<AccountHealth> Points)
{
    /// <summary>Puts together what all populations of a workspace say of an account at each instant, and what it was itself.</summary>
    /// <param name="tallies">Of every population, a tally for each instant.</param>
    /// <param name="account">The account's past.</param>
    /// <param name="query">The query that they answer.</param>
    /// <param name="model">The model whose bands were counted.</param>
    /// <param name="settings">The workspace.</param>
    public static AccountHealthHistory Of(
        IReadOnlyCollection<IReadOnlyList<AccountTally>> tallies,
        AccountPast account,
        AccountHealthHistoryQuery query,
        ScoringModel model,
        WorkspaceSettings settings
    )
    {
        var replay = new AccountReplay(account, query.KnownAt);
        var points = new List<AccountHealth>(query.Times.Count);
        for (var i = 0; i < query.Times.Count; i++)
        {
            replay.MoveTo(query.Times[i]);
            var all = AccountTally.Merge([.. tallies.Select(ofOne => ofOne[i])]);
            if (replay.Record is not null || all.Customers > 0)
            {
                points.Add(AccountTally.Summarize([all], replay.Record, query.Query, model, settings, query.Times[i]));
            }
        }
        return new(model.Name, model.Version, points);
    }
}
