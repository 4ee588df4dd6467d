using Scoring.Core.Accounts;
using Scoring.Core.Models;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;

namespace Scoring.Core.History;

/// <summary>Why the health of an account changed between two instants.</summary>
/// <param name="From">The health at the first instant; null when nothing was known of the account then.</param>
/// <param name="To">The health at the second instant; null when nothing was known of it then.</param>
/// <param name="Parts">The reasons, none of 0, in the order of the steps. Their millionths add up to <see cref="Micros"/> exactly.</param>
public sealed record AccountHealthChange(AccountHealth? From, AccountHealth? To, IReadOnlyList<AccountHealthPart> Parts)
{
    /// <summary>What the second health is more than the first, each rounded to millionths; an account without health counts as one of 0.</summary>
    public long Micros => MicrosOf(To) - MicrosOf(From);

    /// <summary>Puts together what all populations of a workspace say of an account's customers, and what it was itself.</summary>
    /// <param name="tallies">Of every population.</param>
    /// <param name="account">The account's past.</param>
    /// <param name="query">The query that they answer.</param>
    /// <param name="model">The model whose bands were counted.</param>
    /// <param name="settings">The workspace.</param>
    public static AccountHealthChange Of(
        IReadOnlyList<AccountChangeTally> tallies,
        AccountPast account,
        AccountHealthChangeQuery query,
        ScoringModel model,
        WorkspaceSettings settings
    )
    {
        var tally = AccountChangeTally.Merge(tallies);
        var replay = new AccountReplay(account, query.KnownAt);
        replay.MoveTo(query.From);
        var before = replay.Record?.Clone();
        replay.MoveTo(query.To);
        var ledger = new AccountHealthLedger(tally, query.Query.WindowDays, settings);
        return new(
            HealthOf(tally.From, before, query.From),
            HealthOf(tally.To, replay.Record, query.To),
            ledger.Book(before?.Seats, replay.Record?.Seats)
        );

        AccountHealth? HealthOf(AccountTally customers, AccountRecord? record, Instant instant) =>
            record is null && customers.Customers == 0
                ? null
                : AccountTally.Summarize([customers], record, query.Query, model, settings, instant);
    }

    private static long MicrosOf(AccountHealth? health) => ScoreChange.MicrosOf(health?.Score ?? 0);
}
