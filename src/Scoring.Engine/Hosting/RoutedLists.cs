using System.Runtime.CompilerServices;
using Scoring.Core;
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
internal sealed class RoutedLists(
    PartitionHost local,
    IPartitionMap map,
    RoutedQuestions questions,
    Func<ScoreQuery, CancellationToken, ValueTask<IReadOnlyList<CustomerScore?>>> score
)
{
    private const char AfterHost = '/';

    // As many are scored at once when all are read.
    private const int Batch = 500;

    /// <summary>As <see cref="IScoringBackend.ListCustomersAsync"/>.</summary>
    /// <param name="query">The question.</param>
    /// <param name="size">Most customers of the page.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public async ValueTask<CustomerPage> ListAsync(
        CustomerListQuery query,
        int size,
        CancellationToken cancellationToken
    )
    {
        var (list, model, readTime) = await FindAsync(
            await WithAccountsAsync(query, cancellationToken),
            questions.All,
            cancellationToken
        );
        var ids = list.Page(0, size);
        var part = new ListPart(query.Workspace, model, readTime, list.Total, list.Ahead, list.Count, ids);
        var name =
            list.Total > ids.Length
                ? map.Here + AfterHost + local.Lists.Keep(query.Workspace, model, readTime, list)
                : "";
        return await PageAsync(part, new(name, 0), cancellationToken);
    }

    /// <summary>As <see cref="IScoringBackend.GetPageAsync"/>.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="place">Where the page begins.</param>
    /// <param name="size">Most customers of the page.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    public async ValueTask<CustomerPage> GetPageAsync(
        string workspace,
        ListPlace place,
        int size,
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
            ? await PageAsync(part, place, cancellationToken)
            : throw Refusals.ListTooLong(part.Total);
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

    private async ValueTask<CustomerPage> PageAsync(
        ListPart part,
        ListPlace place,
        CancellationToken cancellationToken
    )
    {
        var asked = new ScoreQuery(part.Workspace, part.CustomerIds, part.Model, part.ReadTime, OrNewest: true);
        var scores = part.CustomerIds.Count == 0 ? [] : await score(asked, cancellationToken);
        return new(
            scores,
            part.ReadTime,
            part.Total,
            part.Ahead,
            place,
            place.Offset + part.CustomerIds.Count < part.Total
        );
    }

    private async ValueTask<CustomerListQuery> WithAccountsAsync(
        CustomerListQuery query,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        FilterRules.ThrowIfUnfit(query.Filter, workspace.Settings);
        return query with
        {
            Workspace = workspace.Settings.Name,
            Filter = await questions.WithAccountsAsync(workspace.Settings.Name, query.Filter, cancellationToken),
        };
    }

    /// <summary>The customers of some partitions, the model with its version, and the instant of the list.</summary>
    private async ValueTask<(CustomerList List, string Model, Instant ReadTime)> FindAsync(
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
        return (list, new ModelReference(model.Name, model.Version).ToString(), readTime);
    }
}
