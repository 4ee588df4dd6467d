using System.Diagnostics;
using Scoring.Cli.Terminal;
using Scoring.Engine.Moving;
using Scoring.Postgres;
using Scoring.Postgres.Moving;

namespace Scoring.Cli.Migration;

/// <summary>A standalone store into the tables of a cluster: all of it in one transaction, or nothing.</summary>
internal static class ToCluster
{
    public const string Direction = "to-cluster";

    /// <exception cref="CommandFailedException">The store cannot be moved, or the tables cannot take it.</exception>
    public static MigrationReport Run(string directory, AllTables tables, bool dryRun, Stages stages)
    {
        var started = Stopwatch.GetTimestamp();
        using var store = stages.Run("read the store", progress => ClosedStore.Open(directory, progress));
        if (tables.AreThere)
        {
            tables.Begin();
            RequireRoom(tables, store);
        }
        var moved = dryRun ? null : Move(store, tables, stages);
        return new(
            Direction,
            dryRun,
            [.. store.Workspaces.Select(Describe)],
            store.Workspaces.Sum(w => w.Customers),
            store.Workspaces.Sum(w => w.Accounts),
            store.EventIds,
            store.Partitions,
            moved?.Customers.Checksum ?? "",
            Stopwatch.GetElapsedTime(started).TotalSeconds
        );
    }

    private static Tally Move(ClosedStore store, AllTables tables, Stages stages)
    {
        var customers = store.Workspaces.Sum(w => w.Customers);
        var source = new Tally();
        tables.Clear();
        tables.WriteCustomers(stages.Through("write customers", customers, Customers(store, source)));
        tables.WriteImportedIds(stages.Through("write event ids", store.EventIds, EventIds(store, source)));
        tables.WriteDocuments(store.Workspaces.SelectMany(workspace => Documents(workspace, source)));
        tables.WriteDocuments([NoteOfEventIds(store)]);
        var target = ReadBack(tables, customers, store.EventIds, stages);
        source.RequireSame(target);
        stages.Run(
            "commit",
            _ =>
            {
                tables.Commit();
                return true;
            }
        );
        return source;
    }

    private static IEnumerable<TableCustomer> Customers(ClosedStore store, Tally tally)
    {
        foreach (var workspace in store.Workspaces)
        {
            var name = workspace.Workspace.Name;
            foreach (var customer in workspace.ReadCustomers())
            {
                tally.AddCustomer(name, customer.Record.Span);
                yield return new(name, customer.Id, customer.Record);
            }
        }
    }

    private static IEnumerable<ImportedId> EventIds(ClosedStore store, Tally tally)
    {
        foreach (var id in store.ReadEventIds())
        {
            tally.AddEventId(id.Key, id.Content, id.ReceivedTicks);
            yield return new(id.Partition, new StoredEventId(id.Key, id.Content, id.ReceivedTicks));
        }
    }

    private static IEnumerable<(string Kind, byte[] Key, ReadOnlyMemory<byte> Content)> Documents(
        ClosedWorkspace workspace,
        Tally tally
    )
    {
        var (name, halfLives, passive, models) = workspace.Workspace;
        var key = DocumentKinds.KeyOf(name);
        yield return (DocumentKinds.Workspace, key, new StoredWorkspace(halfLives, passive).Write());
        var names = new StoredNames(workspace.EventTypes, workspace.Features, workspace.AttributeKeys);
        yield return (DocumentKinds.Names, key, names.Write());
        var stored = models.Aggregate(
            StoredModels.None,
            (all, model) => all.With(model.Model, model.SourceHash.Length == 0 ? null : model.SourceHash)
        );
        yield return (DocumentKinds.Models, key, stored.Write());
        foreach (var account in workspace.ReadAccounts())
        {
            tally.AddAccount(name, account.Record.Span);
            yield return (DocumentKinds.Account, DocumentKinds.KeyOf(name, account.Id.Span), account.Record);
        }
    }

    private static (string Kind, byte[] Key, ReadOnlyMemory<byte> Content) NoteOfEventIds(ClosedStore store) =>
        (
            DocumentKinds.ImportedIds,
            [],
            new ImportedIds(store.Identity, DateTime.UtcNow, store.Partitions, store.EventIds, UntilTicks: null).Write()
        );

    private static Tally ReadBack(AllTables tables, long customers, long eventIds, Stages stages)
    {
        var found = new Tally();
        foreach (var customer in stages.Through("verify customers", customers, tables.ReadCustomers()))
        {
            found.AddCustomer(customer.Workspace, customer.Record.Span);
        }
        foreach (var (_, id) in stages.Through("verify event ids", eventIds, tables.ReadImportedIds()))
        {
            found.AddEventId(id.Key, id.Content, id.ReceivedTicks);
        }
        foreach (var (workspace, _, record) in tables.ReadAccounts())
        {
            found.AddAccount(workspace, record);
        }
        return found;
    }

    private static void RequireRoom(AllTables tables, ClosedStore store)
    {
        if (tables.HaveFacts)
        {
            throw new CommandFailedException(
                tables.Imported() is { } before && before.Store == store.Identity
                    ? $"this store was moved into this database already, on {before.ImportedAt:yyyy-MM-dd HH:mm}Z, and the cluster may have recorded "
                        + "since. Start the silos; to move it once more, make an empty database and name that"
                    : "the database holds customers or accounts already, and nothing is ever written over them. Name a database that is empty"
            );
        }
        var put = tables
            .Workspaces()
            .SelectMany(w => w.Models.Models.Where(m => m.Version > 1 || !w.Models.Sources.ContainsKey(m.Name)))
            .FirstOrDefault();
        if (put is not null)
        {
            throw new CommandFailedException(
                $"the database has no customers, but the model '{put.Name}' that somebody put there, and it would be lost. Name a database that is "
                    + "empty"
            );
        }
    }

    private static MigratedWorkspace Describe(ClosedWorkspace workspace) =>
        new(
            workspace.Workspace.Name,
            workspace.Workspace.HalfLivesDays,
            workspace.Customers,
            workspace.Accounts,
            [.. workspace.Workspace.Models.Select(m => new MigratedModel(m.Model.Name, m.Model.Version))]
        );
}
