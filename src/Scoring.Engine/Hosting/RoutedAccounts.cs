using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.History;

namespace Scoring.Engine.Hosting;

/// <summary>Answers how accounts fare, from what hosts tally.</summary>
/// <param name="local">The host of this process.</param>
/// <param name="questions">Puts questions to all of them.</param>
internal sealed class RoutedAccounts(PartitionHost local, RoutedQuestions questions)
{
    /// <summary>As <see cref="IScoringBackend.GetAccountHealthAsync"/>.</summary>
    public async ValueTask<AccountHealth> HealthAsync(AccountHealthQuery query, CancellationToken cancellationToken)
    {
        try
        {
            return await HealthNowAsync(query, cancellationToken);
        }
        catch (ScoringException e) when (e.Error == ScoringError.ReadTimeBeforeNewestEvent)
        {
            var past = await PastAsync(new(query, [query.ReadTime!.Value], KnownAt: null), cancellationToken);
            return past.Points is [var point] ? point : throw Refusals.AccountNotFound(query.AccountId);
        }
    }

    /// <summary>As <see cref="IScoringBackend.GetAccountHealthHistoryAsync"/>.</summary>
    public async ValueTask<AccountHealthHistory> HistoryAsync(
        AccountHealthHistoryQuery query,
        CancellationToken cancellationToken
    )
    {
        var history = await PastAsync(query, cancellationToken);
        var (workspace, accountId) = (query.Query.Workspace, query.Query.AccountId);
        return
            history.Points.Count > 0
            || await questions.AccountAsync(workspace, accountId, cancellationToken) is not null
            ? history
            : throw Refusals.AccountNotFound(accountId);
    }

    /// <summary>As <see cref="IScoringBackend.ExplainAccountHealthChangeAsync"/>.</summary>
    public async ValueTask<AccountHealthChange> ExplainAsync(
        AccountHealthChangeQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Query.Workspace);
        var (answers, model) = await questions.EachAsync(
            workspace,
            query.Query.Model,
            (host, partitions, model) =>
                host.TallyChangeAsync(new AccountChangeQuestion(query, model.Version, partitions), cancellationToken),
            cancellationToken
        );
        var account = answers.Select(answer => answer.Account).First(found => found is not null);
        AccountChangeTally[] tallies = [.. answers.Select(answer => answer.Tally)];
        var change = AccountHealthChange.Of(tallies, account!, query, model, workspace.Settings);
        return change is { From: null, To: null } ? throw Refusals.AccountNotFound(query.Query.AccountId) : change;
    }

    private async ValueTask<AccountHealth> HealthNowAsync(AccountHealthQuery query, CancellationToken cancellationToken)
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        var (answers, model, readTime) = await questions.TallyAsync(
            workspace,
            query.Model,
            query.ReadTime,
            $"of account '{query.AccountId}'",
            (host, partitions, model, at, ahead) =>
                host.TallyAsync(new AccountQuestion(query, model.Version, at, ahead, partitions), cancellationToken),
            answer => answer.Tallies.Select(tally => tally.NewestEvent),
            cancellationToken
        );
        var account = answers.Select(answer => answer.Account).FirstOrDefault(found => found is not null);
        AccountTally[] tallies = [.. answers.SelectMany(answer => answer.Tallies)];
        if (account is null && Array.TrueForAll(tallies, tally => tally.Customers + tally.AheadCustomers == 0))
        {
            throw Refusals.AccountNotFound(query.AccountId);
        }
        return AccountTally.Summarize(tallies, account, query, model, workspace.Settings, readTime);
    }

    private async ValueTask<AccountHealthHistory> PastAsync(
        AccountHealthHistoryQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Query.Workspace);
        var (answers, model) = await questions.EachAsync(
            workspace,
            query.Query.Model,
            (host, partitions, model) =>
                host.TallyPastAsync(new PastAccountQuestion(query, model.Version, partitions), cancellationToken),
            cancellationToken
        );
        var account = answers.Select(answer => answer.Account).First(found => found is not null);
        IReadOnlyList<AccountTally>[] tallies = [.. answers.Select(answer => answer.Tallies)];
        return AccountHealthHistory.Of(tallies, account!, query, model, workspace.Settings);
    }
}
