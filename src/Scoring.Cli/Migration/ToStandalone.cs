using System.Diagnostics;
using System.Text;
using Scoring.Cli.Terminal;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Engine.Moving;
using Scoring.Postgres.Moving;

namespace Scoring.Cli.Migration;

/// <summary>The tables of a cluster into a standalone store, which is there as a whole or not at all.</summary>
internal static class ToStandalone
{
    public const string Direction = "to-standalone";

    /// <param name="directory">The data directory.</param>
    /// <param name="tables">The tables.</param>
    /// <param name="partitions">Partitions of the store; null for as many as fit.</param>
    /// <param name="dryRun">Whether only to look.</param>
    /// <param name="stages">Shows how far it is.</param>
    /// <exception cref="CommandFailedException">The tables cannot be moved.</exception>
    public static MigrationReport Run(string directory, AllTables tables, int? partitions, bool dryRun, Stages stages)
    {
        var started = Stopwatch.GetTimestamp();
        NewStore.ThrowIfThere(directory);
        if (!tables.AreThere)
        {
            throw new CommandFailedException(
                "the database has not all tables of a cluster. Is it the right one? deploy/postgres.sql makes what an older version did not have"
            );
        }
        tables.Begin();
        var found = stages.Run("look at the database", _ => tables.Workspaces());
        var imported = StillRemembered(tables);
        var count = PartitionsOf(partitions, imported);
        var eventIds = tables.EventIds + (imported?.Count ?? 0);
        var workspaces = found.Select(ToMoved).OrderBy(w => w.Name != WorkspaceSettings.DefaultName).ToList();
        var moved = dryRun
            ? null
            : Move(directory, tables, count, workspaces, found, imported is not null, eventIds, stages);
        return new(
            Direction,
            dryRun,
            [.. found.Select(Describe)],
            found.Sum(w => w.Customers),
            found.Sum(w => w.Accounts),
            moved?.EventIds.Count ?? eventIds,
            count,
            moved?.Customers.Checksum ?? "",
            Stopwatch.GetElapsedTime(started).TotalSeconds
        );
    }

    private static Tally Move(
        string directory,
        AllTables tables,
        int partitions,
        List<MovedWorkspace> workspaces,
        IReadOnlyList<TableWorkspace> found,
        bool withImported,
        long eventIds,
        Stages stages
    )
    {
        var source = new Tally();
        var customers = found.Sum(w => w.Customers);
        NewStore.Create(
            directory,
            partitions,
            workspaces,
            store =>
            {
                var numbers = workspaces.Index().ToDictionary(w => w.Item.Name, w => w.Index, StringComparer.Ordinal);
                // All accounts fit in memory where all customers fit on a disk.
                var accounts = tables.ReadAccounts().ToLookup(a => a.Workspace, StringComparer.Ordinal);
                var bar = stages.Counter("write customers", customers);
                foreach (var (number, workspace) in workspaces.Index())
                {
                    foreach (var customer in bar.Through(tables.ReadCustomers(workspace.Name)))
                    {
                        AddCustomer(store, number, customer);
                        source.AddCustomer(customer.Workspace, customer.Record.Span);
                    }
                    foreach (var (_, account, record) in accounts[workspace.Name])
                    {
                        AddAccount(store, number, workspace.Name, account, record);
                        source.AddAccount(workspace.Name, record);
                    }
                }
                foreach (
                    var id in stages.Through("write event ids", eventIds, Ids(store, numbers, tables, withImported))
                )
                {
                    source.AddEventId(id.Key, id.Content, id.ReceivedTicks);
                }
            },
            finished => source.RequireSame(stages.Run("verify", _ => TallyOf(finished)))
        );
        return source;
    }

    private static void AddCustomer(NewStore store, int workspace, TableCustomer customer)
    {
        try
        {
            store.AddCustomer(workspace, customer.Id.Span, customer.Record.Span);
        }
        catch (InvalidDataException e)
        {
            throw Damaged($"the customer '{Encoding.UTF8.GetString(customer.Id.Span)}'", customer.Workspace, e);
        }
    }

    private static void AddAccount(NewStore store, int number, string workspace, string account, byte[] record)
    {
        try
        {
            store.AddAccount(number, account, record);
        }
        catch (InvalidDataException e)
        {
            throw Damaged($"the account '{account}'", workspace, e);
        }
    }

    private static int NumberOf(Dictionary<string, int> numbers, string workspace) =>
        numbers.TryGetValue(workspace, out var number)
            ? number
            : throw new InvalidDataException(
                $"Event ids belong to the workspace '{workspace}', which has no customers."
            );

    /// <summary>Adds all event ids and gives them as they are in the store.</summary>
    private static IEnumerable<MovedEventId> Ids(
        NewStore store,
        Dictionary<string, int> numbers,
        AllTables tables,
        bool withImported
    )
    {
        foreach (var (workspace, customer, id) in tables.ReadEventIds())
        {
            yield return store.AddEventId(
                NumberOf(numbers, workspace),
                customer.Span,
                id.Key,
                id.Content,
                id.ReceivedTicks
            );
        }
        foreach (var (partition, id) in withImported ? tables.ReadImportedIds() : [])
        {
            var moved = new MovedEventId(partition, id.Key, id.Content, id.ReceivedTicks);
            store.AddEventId(moved);
            yield return moved;
        }
    }

    private static Tally TallyOf(ClosedStore store)
    {
        var found = new Tally();
        foreach (var workspace in store.Workspaces)
        {
            foreach (var customer in workspace.ReadCustomers())
            {
                found.AddCustomer(workspace.Workspace.Name, customer.Record.Span);
            }
            foreach (var account in workspace.ReadAccounts())
            {
                found.AddAccount(workspace.Workspace.Name, account.Record.Span);
            }
        }
        foreach (var id in store.ReadEventIds())
        {
            found.AddEventId(id.Key, id.Content, id.ReceivedTicks);
        }
        return found;
    }

    /// <summary>What is known of imported event ids, if they have not been forgotten.</summary>
    private static Postgres.ImportedIds? StillRemembered(AllTables tables) =>
        tables.Imported() is { } imported
        && (imported.UntilTicks is not { } until || until > Instant.From(DateTimeOffset.UtcNow).Ticks)
            ? imported
            : null;

    private static int PartitionsOf(int? asked, Postgres.ImportedIds? imported)
    {
        if (imported is { Count: > 0 } && asked is { } other && other != imported.Partitions)
        {
            var until = imported.UntilTicks is { } ticks
                ? $"forgotten after {new DateTime(ticks, DateTimeKind.Utc):yyyy-MM-dd HH:mm}Z"
                : "remembered until a silo has run on them for its DuplicateWindow";
            throw new CommandFailedException(
                $"--partitions {other}: the cluster still remembers event ids of the standalone store that it was made of, by that one's "
                    + $"{imported.Partitions} partitions ({until}). Leave --partitions out, or wait until they are forgotten"
            );
        }
        return asked ?? imported?.Partitions ?? Environment.ProcessorCount;
    }

    private static MovedWorkspace ToMoved(TableWorkspace workspace)
    {
        var unsaid = new WorkspaceSettings { Name = workspace.Name };
        return new(
            workspace.Name,
            workspace.Settings?.HalfLivesDays ?? unsaid.HalfLivesDays,
            workspace.Settings?.PassiveEventTypes ?? unsaid.PassiveEventTypes,
            [
                .. workspace.Models.Models.Select(model => new MovedModel(
                    model,
                    workspace.Models.Sources.GetValueOrDefault(model.Name, "")
                )),
            ]
        );
    }

    private static MigratedWorkspace Describe(TableWorkspace workspace) =>
        new(
            workspace.Name,
            ToMoved(workspace).HalfLivesDays,
            workspace.Customers,
            workspace.Accounts,
            [.. workspace.Models.Models.Select(m => new MigratedModel(m.Name, m.Version))]
        );

    private static CommandFailedException Damaged(string what, string workspace, InvalidDataException error) =>
        new(
            $"{what} of the workspace '{workspace}' is damaged in the database: {error.Message} Nothing was kept",
            error
        );
}
