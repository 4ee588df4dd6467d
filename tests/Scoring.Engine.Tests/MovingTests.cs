using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Workspaces;
using Scoring.Engine.Files;
using Scoring.Engine.Moving;

namespace Scoring.Engine.Tests;

public sealed class MovingTests
{
    [Fact]
    public async Task A_closed_store_is_read_with_its_journal_and_left_as_it_is()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("ann", "1"));
        await harness.Engine.CheckpointAsync(BackendHost.Cancellation);
        await harness.Record(new Sample("bob", "2"), new Sample("ann", "3"));
        var crashed = harness.Engine;
        harness.UseCopyOfFiles();
        await crashed.DisposeAsync();
        var before = harness.StoreFiles.ToDictionary(file => file, File.ReadAllBytes);

        using (var store = ClosedStore.Open(harness.Directory))
        {
            var workspace = Assert.Single(store.Workspaces);
            Assert.Equal((2, 3), (workspace.Customers, store.EventIds));
            Assert.Equal(["ann", "bob"], workspace.ReadCustomers().Select(Id).Order());
        }

        Assert.Equal(before.Keys, harness.StoreFiles);
        Assert.All(before, file => Assert.Equal(file.Value, File.ReadAllBytes(file.Key)));
        await harness.Open();
        Assert.Equal(2, (await harness.Record(new Sample("bob", "2"), new Sample("ann", "1"))).Duplicates);
    }

    [Fact]
    public async Task Reading_a_store_that_was_closed_leaves_no_file_behind()
    {
        await using var harness = new EngineHarness();
        await Fill(harness);
        await harness.Engine.DisposeAsync();
        var before = Directory.GetFiles(harness.Directory).Order(StringComparer.Ordinal).ToList();

        ClosedStore.Open(harness.Directory).Dispose();

        Assert.Equal(before, Directory.GetFiles(harness.Directory).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_store_that_a_server_has_open_is_refused()
    {
        await using var harness = new EngineHarness();
        await harness.Open();

        var error = Assert.Throws<StoreException>(() => ClosedStore.Open(harness.Directory));

        Assert.Contains("Stop the process that uses it", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_without_a_store_is_refused_and_left_as_it_is()
    {
        using var folder = new Folder();

        var error = Assert.Throws<StoreException>(() => ClosedStore.Open(folder.Path));

        Assert.Contains("no store here", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFileSystemEntries(folder.Path));
        Assert.Throws<StoreException>(() => ClosedStore.Open(Path.Combine(folder.Path, "nowhere")));
    }

    [Theory]
    [InlineData(3)]
    [InlineData(1)]
    [InlineData(7)]
    public async Task A_store_that_is_made_of_another_one_answers_as_that_one(int partitions)
    {
        using var folder = new Folder();
        await using var harness = new EngineHarness();
        await Fill(harness);
        var expected = await Scores(harness);
        await harness.Engine.DisposeAsync();

        Copy(harness.Directory, folder.Path, partitions);

        harness.Options = harness.Options with { DataDirectory = folder.Path };
        await harness.Open();
        Assert.Equivalent(expected, await Scores(harness), strict: true);
        var again = await harness.Record([.. Events()]);
        Assert.Equal((0, Events().Count()), (again.Accepted, again.Duplicates));
        var other = await harness.Record([.. Events().Select(e => e with { Value = e.Value + 1 })]);
        Assert.All(other.Rejections, r => Assert.Equal(RejectionReason.EventIdConflict, r.Reason));
        Assert.Equal(Events().Count(), other.Rejections.Count);
        var models = await harness.Engine.ListModelsAsync("", BackendHost.Cancellation);
        Assert.Equal(2, Assert.Single(models).Version);
    }

    [Fact]
    public async Task Records_are_the_same_bytes_wherever_they_are_moved()
    {
        await using var harness = new EngineHarness();
        await Fill(harness);
        await harness.Engine.DisposeAsync();
        using var folder = new Folder();
        Copy(harness.Directory, folder.Path, partitions: 3);

        using var before = ClosedStore.Open(harness.Directory);
        using var after = ClosedStore.Open(folder.Path);

        Assert.Equal(Records(before), Records(after));
        Assert.Equal(before.ReadEventIds().OrderBy(id => id.Key), after.ReadEventIds().OrderBy(id => id.Key));
        Assert.NotEqual(before.Identity, after.Identity);
    }

    [Fact]
    public async Task A_store_is_never_written_over()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Engine.DisposeAsync();
        var before = File.ReadAllBytes(harness.StoreFile);

        var error = Assert.Throws<StoreException>(() =>
            NewStore.Create(harness.Directory, 1, [], _ => Assert.Fail("not reached"), _ => { })
        );

        Assert.Contains("nothing is ever written over one", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllBytes(harness.StoreFile));
    }

    [Fact]
    public void Nothing_is_there_when_making_a_store_ends_early()
    {
        using var folder = new Folder();

        Assert.Throws<OperationCanceledException>(() =>
            NewStore.Create(folder.Path, 1, [Default], _ => throw new OperationCanceledException(), _ => { })
        );
        Assert.Throws<InvalidOperationException>(() =>
            NewStore.Create(folder.Path, 1, [Default], _ => { }, _ => throw new InvalidOperationException("unlike"))
        );

        Assert.Equal(["scoring.lock"], Directory.GetFileSystemEntries(folder.Path).Select(Path.GetFileName));
    }

    [Fact]
    public void What_a_killed_process_left_is_no_store_and_in_nobodys_way()
    {
        using var folder = new Folder();
        var draft = Directory.CreateDirectory(Path.Combine(folder.Path, "scoring-draft")).FullName;
        File.WriteAllText(Path.Combine(draft, StoreFolder.StoreFile), "half a store");
        File.WriteAllText(Path.Combine(draft, StoreFolder.StoreFile + ".new"), "half a store");
        File.WriteAllText(Path.Combine(folder.Path, "scoring-0000-000001.snapshot"), "moved to its place already");
        File.WriteAllText(Path.Combine(folder.Path, "scoring.models"), "moved to its place already");

        Assert.Throws<StoreException>(() => ClosedStore.Open(folder.Path));
        NewStore.Create(folder.Path, 1, [Default], _ => { }, _ => { });

        using var store = ClosedStore.Open(folder.Path);
        Assert.Equal(0, Assert.Single(store.Workspaces).Customers);
        Assert.False(Directory.Exists(draft));
    }

    [Fact]
    public void A_store_of_an_earlier_build_is_left_as_it_is_whatever_lies_beside_it()
    {
        using var folder = new Folder();
        Directory.CreateDirectory(Path.Combine(folder.Path, "scoring-draft"));
        string[] files = ["scoring.db", "scoring-0000-000001.snapshot"];
        Array.ForEach(files, file => File.WriteAllText(Path.Combine(folder.Path, file), "of use to somebody"));

        var error = Assert.Throws<StoreException>(() => NewStore.Create(folder.Path, 1, [Default], _ => { }, _ => { }));

        Assert.Contains("earlier build", error.Message, StringComparison.Ordinal);
        Assert.Contains(
            "earlier build",
            Assert.Throws<StoreException>(() => ClosedStore.Open(folder.Path)).Message,
            StringComparison.Ordinal
        );
        Assert.All(files, file => Assert.True(File.Exists(Path.Combine(folder.Path, file))));
    }

    [Fact]
    public async Task Records_that_are_no_customers_of_the_workspace_are_refused()
    {
        await using var harness = new EngineHarness();
        await Fill(harness);
        await harness.Engine.DisposeAsync();
        using var source = ClosedStore.Open(harness.Directory);
        var record = source.Workspaces[0].ReadCustomers().First().Record.ToArray();
        using var folder = new Folder();

        Refused([Default], store => store.AddCustomer(0, "somebody else"u8, record));
        Refused([Default], store => store.AddCustomer(0, "ann"u8, [1, 2, 3]));
        Refused([Default], store => store.AddCustomer(0, "ann"u8, []));
        Refused([Default], store => store.AddAccount(0, "acme", record));
        Refused([Default], store => store.AddEventId(new MovedEventId(1, 1, 1, 1)));
        Refused(
            [Default with { HalfLivesDays = [1] }],
            store => store.AddCustomer(0, source.Workspaces[0].ReadCustomers().First().Id.Span, record)
        );

        void Refused(MovedWorkspace[] workspaces, Action<NewStore> add) =>
            Assert.Throws<InvalidDataException>(() => NewStore.Create(folder.Path, 1, workspaces, add, _ => { }));
    }

    private static MovedWorkspace Default { get; } = new(WorkspaceSettings.DefaultName, [7, 30], [], []);

    private static async Task Fill(EngineHarness harness)
    {
        await harness.Open();
        await harness.Engine.PutModelAsync("", Samples.Model(weight: 5) with { Version = 1 }, BackendHost.Cancellation);
        await harness.Upsert([new CustomerUpdate("c1", "acme", [new("plan", "pro"), new("land", "at")])]);
        await harness.Upsert([new AccountUpdate("acme", 12, [new("tier", "gold")])]);
        await harness.Record([.. Events()]);
    }

    private static IEnumerable<Sample> Events() =>
        Enumerable
            .Range(0, 6_000)
            .Select(i => new Sample(
                $"c{i % 97}",
                $"e{i}",
                Samples.Types[i % 3],
                1 + (i % 4),
                Feature: i % 5 == 0 ? $"f{i % 7}" : "",
                Account: i % 11 == 0 ? "acme" : ""
            ));

    private static async Task<IReadOnlyList<CustomerScore?>> Scores(EngineHarness harness) =>
        await harness.Engine.GetScoresAsync(
            new ScoreQuery("", [.. Enumerable.Range(0, 97).Select(i => $"c{i}")], "", null),
            BackendHost.Cancellation
        );

    private static void Copy(string from, string to, int partitions)
    {
        using var source = ClosedStore.Open(from);
        NewStore.Create(
            to,
            partitions,
            [.. source.Workspaces.Select(w => w.Workspace)],
            store =>
            {
                foreach (var customer in source.Workspaces[0].ReadCustomers())
                {
                    store.AddCustomer(0, customer.Id.Span, customer.Record.Span);
                }
                foreach (var account in source.Workspaces[0].ReadAccounts())
                {
                    store.AddAccount(0, Id(account), account.Record.Span);
                }
                // They do not say whose they are: with other partitions each is known in all of them.
                foreach (var id in source.ReadEventIds())
                {
                    if (partitions == source.Partitions)
                    {
                        store.AddEventId(id);
                        continue;
                    }
                    for (var partition = 0; partition < partitions; partition++)
                    {
                        store.AddEventId(id with { Partition = partition });
                    }
                }
            },
            _ => { }
        );
    }

    private static IEnumerable<(string Id, string Record)> Records(ClosedStore store) =>
        store
            .Workspaces.SelectMany(w => w.ReadCustomers().Concat(w.ReadAccounts()))
            .Select(row => (Id(row), Convert.ToHexString(row.Record.Span)))
            .Order();

    private static string Id(MovedRow row) => System.Text.Encoding.UTF8.GetString(row.Id.Span);

    private sealed class Folder : IDisposable
    {
        public string Path { get; } = Directory.CreateTempSubdirectory("scoring-moved-").FullName;

        public void Dispose() => Directory.Delete(Path, recursive: true);
    }
}
