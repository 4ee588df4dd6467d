using System.Runtime.CompilerServices;
using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Listing;
using Scoring.Core.Models;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Reads the events of archives from the hosts that have them: partition by partition, some at a time, so that nothing is kept between two answers.</summary>
internal sealed class RoutedEvents(PartitionHost local, RoutedQuestions questions, CustomerMerges merges)
{
    /// <summary>As <see cref="Core.Backend.IScoringBackend.ReadEventsAsync"/>.</summary>
    public async IAsyncEnumerable<IReadOnlyList<ExportedEvent>> ReadAsync(
        EventExportQuery query,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(query.Workspace);
        query = query with
        {
            Workspace = workspace.Settings.Name,
            Filter = await questions.WithAccountsAsync(workspace.Settings.Name, query.Filter, cancellationToken),
        };
        foreach (var partition in questions.All)
        {
            for (var place = EventPlace.Start; place is not null; )
            {
                var (page, model) = await PageAsync(workspace, query, partition, place, cancellationToken);
                // One version of the model for all.
                query = query with
                {
                    Model = model,
                };
                place = page.Next;
                var leftOut = await LeftOutAsync(workspace, query, page.MergedIds, cancellationToken);
                ExportedEvent[] events =
                [
                    .. page.Customers.Where(customer => !leftOut.Contains(customer.CustomerId)).SelectMany(EventsOf),
                ];
                if (events.Length > 0)
                {
                    yield return events;
                }
            }
        }
    }

    private async ValueTask<(EventPage Page, string Model)> PageAsync(
        EngineWorkspace workspace,
        EventExportQuery query,
        int partition,
        EventPlace place,
        CancellationToken cancellationToken
    )
    {
        var (pages, model) = await questions.EachAsync(
            workspace,
            query.Model,
            (host, _, model) => host.ExportAsync(new(query, model.Version, partition, place), cancellationToken),
            cancellationToken,
            [partition]
        );
        return (pages[0], new ModelReference(model.Name, model.Version).ToString());
    }

    /// <summary>Which merged customers do not belong to one who meets the filter.</summary>
    private async ValueTask<HashSet<string>> LeftOutAsync(
        EngineWorkspace workspace,
        EventExportQuery query,
        IReadOnlyList<string> mergedIds,
        CancellationToken cancellationToken
    )
    {
        if (mergedIds.Count == 0)
        {
            return [];
        }
        var survivors = await merges.SurvivorsAsync(workspace, mergedIds, cancellationToken);
        string[] asked = [.. survivors.OfType<string>().Distinct(StringComparer.Ordinal)];
        var isSurvivor = new Condition.TextTest(TextField.CustomerId, "", TextOperator.Equals, asked);
        var list = new CustomerListQuery
        {
            Workspace = query.Workspace,
            Model = query.Model,
            Filter = new(new Condition.All([isSurvivor, query.Filter.Condition])),
        };
        var (lists, _, _) = await questions.TallyAsync(
            workspace,
            query.Model,
            asked: null,
            "of the customers",
            (host, some, model, at, ahead) =>
                host.ListAsync(new ListQuestion(list, model.Version, at, ahead, some), cancellationToken),
            found => [found.NewestEvent],
            cancellationToken
        );
        HashSet<string> members = [.. lists.SelectMany(found => found.Page(0, found.Count))];
        return [.. mergedIds.Where((_, i) => survivors[i] is not { } survivor || !members.Contains(survivor))];
    }

    private static IEnumerable<ExportedEvent> EventsOf(CustomerPast customer) =>
        customer.Events.Select(item => new ExportedEvent(
            customer.CustomerId,
            item.EventType,
            item.OccurredAt,
            item.ReceivedAt,
            item.KnownAt,
            item.Value,
            item.Feature,
            item.AccountId
        ));
}
