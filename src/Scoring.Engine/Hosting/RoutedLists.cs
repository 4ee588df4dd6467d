using System.Runtime.CompilerServices;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.Filters;
using Scoring.Core.Listing;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Engine.Hosting;

/// <summary>Makes lists of customers from what hosts answer. A list is kept by the host that made it, wherever its pages are asked for.</summary>
/// <param name="local">The host of this process.</param>
/// <param name="map">Where the others are.</param>
/// <param name="questions">Puts questions to all of them.</param>
/// <param name="score">Scores customers.</param>
/// <param name="health">Tells how an account fares.</param>
internal sealed class RoutedLists(
    PartitionHost local,
    IPartitionMap map,
    RoutedQuestions questions,
    Func<ScoreQuery, CancellationToken, ValueTask<IReadOnlyList<CustomerScore?>>> score,
    Func<AccountHealthQuery, CancellationToken, ValueTask<AccountHealth>> health
)
{
    private const char AfterHost = '/';

    // As many are scored at once when all are read.
    private const int Batch = 500;

    /// <summary>As <see cref="IScoringBackend.ListCustomersAsync"/>.</summary>
    public async ValueTask<ListPage<CustomerScore>> ListCustomersAsync(
        CustomerListQuery query,
        int size,
        CancellationToken cancellationToken
    )
    {
        query = await WithAccountsAsync(query, cancellationToken);
        var (list, model, readTime) = await FindAsync(query, questions.All, cancellationToken);
        var (part, place) = Begin(list, query.Workspace, model, readTime, size);
        return await CustomersAsync(part, place, cancellationToken);
    }

    /// <summary>As <see cref="IScoringBackend.GetCustomerPageAsync"/>.</summary>
    public async ValueTask<ListPage<CustomerScore>> GetCustomerPageAsync(
        string workspace,
        ListPlace place,
        int size,
        CancellationToken cancellationToken
    )
    {
        var part = await PartAsync(workspace, place, size, ofAccounts: false, cancellationToken);
        return await CustomersAsync(part, place, cancellationToken);
    }

    /// <summary>As <see cref="IScoringBackend.ListAccountsAsync"/>.</summary>
    public async ValueTask<ListPage<AccountHealth>> ListAccountsAsync(
        AccountListQuery query,
        int size,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        query = query with { Workspace = workspace.Settings.Name };
        var (answers, model, readTime) = await questions.TallyAsync(
            workspace,
            query.Model,
            query.ReadTime,
            "of the accounts listed",
            (host, some, model, at, ahead) =>
                host.TallyAccountsAsync(
                    new AccountListQuestion(query with { Filter = Filter.Everyone }, model.Version, at, ahead, some),
                    cancellationToken
                ),
            table => [table.NewestEvent],
            cancellationToken
        );
        foreach (var other in answers.Skip(1))
        {
            answers[0].Take(other);
        }
        var list = new IdList(query.Order == AccountOrder.Id, query.Falling);
        foreach (var account in answers[0].Summarize(query, model, workspace.Settings, readTime))
        {
            if (AccountFilter.Passes(account, query.Filter.Condition))
            {
                list.Add(account, query.Order);
            }
        }
        list.Cut(Limits.ListedCustomers);
        var (part, place) = Begin(list, query.Workspace, VersionOf(model), readTime, size);
        return await AccountsAsync(part, place, query.WindowDays, cancellationToken);
    }

    /// <summary>As <see cref="IScoringBackend.GetAccountPageAsync"/>.</summary>
    public async ValueTask<ListPage<AccountHealth>> GetAccountPageAsync(
        AccountListQuery query,
        ListPlace place,
        int size,
        CancellationToken cancellationToken
    )
    {
        var part = await PartAsync(query.Workspace, place, size, ofAccounts: true, cancellationToken);
        return await AccountsAsync(part, place, query.WindowDays, cancellationToken);
    }

    /// <summary>As <see cref="IScoringBackend.ReadCustomersAsync"/>: partition by partition, so that nothing need be kept of all.</summary>
    /// <param name="query">The question.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public async IAsyncEnumerable<IReadOnlyList<CustomerScore>> ReadAsync(
        CustomerListQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        query = await WithAccountsAsync(query, cancellationToken);
        foreach (var partition in questions.All)
        {
            var (list, model, readTime) = await FindAsync(query, [partition], cancellationToken);
            // One version of the model for all.
            query = query with
            {
                Model = model,
            };
            for (var offset = 0; offset < list.Count; offset += Batch)
            {
                var asked = new ScoreQuery(query.Workspace, list.Page(offset, Batch), model, readTime, OrNewest: true);
                yield return [.. (await score(asked, cancellationToken)).OfType<CustomerScore>()];
            }
        }
    }

    /// <summary>The first of a list, and where it begins; the list is kept where others follow.</summary>
    private (ListPart Part, ListPlace Place) Begin(
        IdList list,
        string workspace,
        string model,
        Instant readTime,
        int size
    )
    {
        var ids = list.Page(0, size);
        var name =
            list.Total > ids.Length ? map.Here + AfterHost + local.Lists.Keep(workspace, model, readTime, list) : "";
        return (new(workspace, model, readTime, list.Total, list.Ahead, list.Count, ids), new(name, 0));
    }

    /// <summary>Some of a list, wherever it is kept.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.ListExpired"/>, or the list does not go as far.</exception>
    private async ValueTask<ListPart> PartAsync(
        string workspace,
        ListPlace place,
        int size,
        bool ofAccounts,
        CancellationToken cancellationToken
    )
    {
        var end = place.List.IndexOf(AfterHost, StringComparison.Ordinal);
        var keeper = end < 0 ? null : map.HostNamed(place.List[..end]);
        var part = keeper is null
            ? null
            : await keeper.ReadListAsync(place.List[(end + 1)..], place.Offset, size, cancellationToken);
        if (part is null || part.Workspace != local.Workspaces.Get(workspace).Settings.Name)
        {
            throw Refusals.ListExpired();
        }
        return place.Offset < part.Count || place.Offset >= part.Total
            ? part
            : throw Refusals.ListTooLong(part.Total, ofAccounts);
    }

    private async ValueTask<ListPage<CustomerScore>> CustomersAsync(
        ListPart part,
        ListPlace place,
        CancellationToken cancellationToken
    )
    {
        var asked = new ScoreQuery(part.Workspace, part.Ids, part.Model, part.ReadTime, OrNewest: true);
        return PageOf(part, place, part.Ids.Count == 0 ? [] : await score(asked, cancellationToken));
    }

    private async ValueTask<ListPage<AccountHealth>> AccountsAsync(
        ListPart part,
        ListPlace place,
        int windowDays,
        CancellationToken cancellationToken
    )
    {
        return PageOf(part, place, await Task.WhenAll(part.Ids.Select(HealthAsync)));

        async Task<AccountHealth?> HealthAsync(string account)
        {
            var asked = new AccountHealthQuery(part.Workspace, account, windowDays, part.Model, ReadTime: null);
            try
            {
                return await health(asked, cancellationToken);
            }
            catch (ScoringException e) when (e.Error == ScoringError.AccountNotFound)
            {
                return null;
            }
        }
    }

    private static ListPage<T> PageOf<T>(ListPart part, ListPlace place, IReadOnlyList<T?> items)
        where T : class =>
        new(items, part.ReadTime, part.Total, part.Ahead, place, place.Offset + part.Ids.Count < part.Total);

    private async ValueTask<CustomerListQuery> WithAccountsAsync(
        CustomerListQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        return query with
        {
            Workspace = workspace.Settings.Name,
            Filter = await questions.WithAccountsAsync(workspace.Settings.Name, query.Filter, cancellationToken),
        };
    }

    /// <summary>The customers of some partitions, the model with its version, and the instant of the list.</summary>
    private async ValueTask<(IdList List, string Model, Instant ReadTime)> FindAsync(
        CustomerListQuery query,
        int[] partitions,
        CancellationToken cancellationToken
    )
    {
        var (answers, model, readTime) = await questions.TallyAsync(
            local.Workspaces.Get(query.Workspace),
            query.Model,
            query.ReadTime,
            "of the customers listed",
            (host, some, model, at, ahead) =>
                host.ListAsync(new ListQuestion(query, model.Version, at, ahead, some), cancellationToken),
            list => [list.NewestEvent],
            cancellationToken,
            partitions
        );
        var list = answers[0];
        foreach (var other in answers.Skip(1))
        {
            list.Take(other);
        }
        list.Cut(Limits.ListedCustomers);
        return (list, VersionOf(model), readTime);
    }

    private static string VersionOf(ScoringModel model) => new ModelReference(model.Name, model.Version).ToString();
}
