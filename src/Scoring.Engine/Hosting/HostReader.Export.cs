using Scoring.Core.Backend;
using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Engine.Archive;
using Scoring.Engine.Partitions;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <content>The events of archives, for others.</content>
internal sealed partial class HostReader
{
    // What one answer has at the most: about a megabyte on its way to another server.
    private const int ExportedRows = 8_192;
    private const int ExportedEvents = 8_192;
    private const int ExportedBytes = 1 << 20;

    // Beside names, of an event and of a customer.
    private const int BytesOfEvent = 32;
    private const int BytesOfCustomer = 32;

    /// <summary>Some of the events of a partition's archive, from a place on.</summary>
    public HostAnswer<EventPage> Export(EventExportQuestion question)
    {
        var query = question.Query;
        if (!TryFind(query.Workspace, query.Model, question.ModelVersion, out var workspace, out var model))
        {
            return new(null, [], HasOtherModel: true);
        }
        if (Open(question.Partition, workspace) is not { } partition)
        {
            return new(null, [question.Partition]);
        }
        while (true)
        {
            var endRow = question.Place.Row + ExportedRows;
            var block = BlockOf(question, endRow, partition, workspace, model, out var merged, out var isLast);
            try
            {
                var page = PageOf(question, block, merged, isLast ? null : new(endRow));
                return Held(new HostAnswer<EventPage>(page, []), [partition]);
            }
            catch (StoreException) when (block.IsOutdated)
            {
                // A checkpoint took a file away, and knows another.
            }
        }
    }

    private PastBlock BlockOf(
        EventExportQuestion question,
        int endRow,
        Partition partition,
        EngineWorkspace workspace,
        ScoringModel model,
        out HashSet<int> merged,
        out bool isLast
    )
    {
        using var reading = Reading.Enter([partition], workspace, model, scans: true);
        var share = partition.Shares[workspace.Number];
        var population = share.Population;
        var archive = share.Archive ?? throw Refusals.NoHistory();
        var mergedRows = new HashSet<int>();
        isLast = endRow >= population.Rows;
        var filter = question.Query.Filter;
        var isEveryone = filter.Condition is Condition.All { Parts.Count: 0 };
        var selected = isEveryone ? null : population.Select(filter, model, Now(population));
        merged = mergedRows;
        return new(archive, population, question.Place.Row, endRow, IsWanted);

        bool IsWanted(int row)
        {
            if (selected is null || selected[row])
            {
                return true;
            }
            return population.SurvivorOf(row) is not null && mergedRows.Add(row);
        }
    }

    private Instant Now(Population population) => Instant.Max(clock.Now, population.NewestEvent);

    private EventPage PageOf(EventExportQuestion question, PastBlock block, HashSet<int> merged, EventPlace? next)
    {
        var query = question.Query;
        var customers = new List<CustomerPast>();
        var mergedIds = new List<string>();
        var (leftEvents, leftBytes) = (ExportedEvents, ExportedBytes);
        foreach (
            var (row, past) in block
                .Customers(checkpoints, question.Partition, file => MayHold(file, query))
                .Where(of => of.Past.Events.Count > 0)
        )
        {
            var id = past.CustomerId;
            PastEvent[] events = [.. VoidedEvents.Without(past).Where(item => query.Has(item.ReceivedAt))];
            Array.Sort(events, EventOrder.Instance);
            var given = question.Place.GivenOf(row, events);
            var end = given;
            for (
                leftBytes -= BytesOfCustomer + id.Length;
                end < events.Length && leftEvents > 0 && leftBytes > 0;
                end++
            )
            {
                leftEvents--;
                leftBytes -= BytesOf(events[end]);
            }
            if (end > given)
            {
                customers.Add(past with { Events = events[given..end], Changes = [] });
                if (merged.Contains(row))
                {
                    mergedIds.Add(id);
                }
            }
            if (end < events.Length)
            {
                return new(customers, mergedIds, EventPlace.Behind(row, events, end));
            }
        }
        return new(customers, mergedIds, next);
    }

    /// <summary>Whether a file may hold events that are asked for, or corrections that void them.</summary>
    private static bool MayHold(ArchiveFile file, EventExportQuery query) =>
        query.HasSome(file.FirstReceipt, file.LastReceipt)
        || (file.Changes > 0 && !(file.LastReceipt < query.ReceivedFrom));

    private static int BytesOf(in PastEvent item) =>
        BytesOfEvent + item.EventType.Length + item.Feature.Length + item.AccountId.Length;
}
