using System.Buffers.Binary;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.History;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Time;
using Scoring.Engine.Checkpoints;
using Scoring.Engine.Files;
using Scoring.Engine.Hosting;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

/// <summary>What changed accounts is kept, each change once, whatever becomes of checkpoints and processes.</summary>
public sealed class AccountArchiveTests
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public async Task The_archive_tells_of_accounts_what_a_list_of_changes_tells(int seed)
    {
        var random = new Random(seed);
        await using var harness = new EngineHarness();
        await harness.Open();
        var kept = new KeptAccounts(harness, random);
        for (var step = 0; step < 250; step++)
        {
            await kept.StepAsync();
            if (step % 10 == 0)
            {
                await kept.RequireSameAsync();
            }
        }
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Reopen();
        await kept.RequireSameAsync();
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(1)]
    public async Task A_store_that_moves_takes_the_past_of_accounts_along(int partitions)
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        var kept = new KeptAccounts(harness, new Random(partitions));
        for (var step = 0; step < 150; step++)
        {
            await kept.StepAsync();
        }

        await harness.MoveAndOpen(partitions);

        await kept.RequireSameAsync();
        for (var step = 0; step < 60; step++)
        {
            await kept.StepAsync();
        }
        await kept.RequireSameAsync();
    }

    [Fact]
    public async Task Where_changes_of_accounts_begin_to_be_kept_accounts_begin_as_they_are()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Upsert(new AccountUpdate("acme", 3, [new("tier", "a")]), new AccountUpdate("gone", 1, []));
        await harness.Record(new Sample("ada", "1", Account: "acme"));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        harness.Clock.Advance(TimeSpan.FromDays(1));
        await harness.Upsert(new AccountUpdate("acme", 5, []));
        await harness.DeleteAccount("gone");
        harness.UseCopyOfFiles();
        await harness.Engine.DisposeAsync();
        ForgetThatAccountsAreKept(harness);
        var began = harness.Now;
        harness.Clock.Advance(TimeSpan.FromDays(1));

        await harness.Open();
        await harness.Upsert(new AccountUpdate("acme", 8, []), new AccountUpdate("new", 2, []));

        for (var i = 0; i < 3; i++)
        {
            var acme = await RecordsOf(harness, "acme", began, harness.Now);
            Assert.Equal([(5, "a"), (8, "a")], acme.Select(of => (of!.Seats!.Value, of.Attributes.Single().Value)));
            Assert.Equal([null, 2], (await RecordsOf(harness, "new", began, harness.Now)).Select(of => of?.Seats));
            Assert.Equal([null], await RecordsOf(harness, "gone", harness.Now));
            foreach (var account in new[] { "acme", "new", "gone" })
            {
                var refused = await Assert.ThrowsAsync<ScoringException>(() =>
                    RecordsOf(harness, account, began - TimeSpan.FromTicks(1))
                );
                Assert.Equal((ScoringError.BeforeHistory, began.ToString()), (refused.Error, refused.Subject));
            }
            Assert.Single((await ArchiveTests.PastOf(harness, "ada"))!.Events);
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            if (i == 1)
            {
                await harness.CrashAndReopen();
            }
        }
    }

    [Fact]
    public async Task Where_events_begin_to_be_kept_accounts_begin_as_they_are_too()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { KeepsEvents = false };
        await harness.Open();
        await harness.Upsert(new AccountUpdate("acme", 3, [new("tier", "a")]));
        await harness.Engine.DisposeAsync();
        var began = harness.Now;
        harness.Options = harness.Options with { KeepsEvents = true };
        harness.Clock.Advance(TimeSpan.FromHours(1));

        await harness.Open();
        await harness.Upsert(new AccountUpdate("acme", 4, []));

        Assert.Equal([3, 4], (await RecordsOf(harness, "acme", began, harness.Now)).Select(of => of?.Seats));
        await Assert.ThrowsAsync<ScoringException>(() => RecordsOf(harness, "acme", began - TimeSpan.FromTicks(1)));
    }

    [Fact]
    public async Task Of_changes_that_are_no_longer_kept_it_stays_known_what_they_came_to()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { ArchiveRetention = TimeSpan.FromDays(60) };
        await harness.Open();
        await harness.Upsert(new AccountUpdate("early", 7, [new("tier", "a")]), new AccountUpdate("gone", 7, []));
        for (var day = 0; day < 150; day++)
        {
            await harness.Upsert(new AccountUpdate("acme", day, [new("day", $"{day}")]));
            harness.Clock.Advance(TimeSpan.FromDays(1));
            if (day % 5 == 0)
            {
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            }
            if (day == 80)
            {
                await harness.DeleteAccount("gone");
                await harness.CrashAndReopen();
            }
        }
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);

        // 150 days from January 10 on end in June: 60 days before that is April, and March is gone.
        var past = await PastOf(harness, "acme", harness.Now);
        Assert.Equal("2026-03-31", past.CompleteSince.ToString()[..10]);
        Assert.Equal(ChangeKind.AccountOpening, past.Changes[0].Kind);
        Assert.Equal(150 - 80, past.Changes.Count);
        Assert.Equal([80, 149], (await RecordsOf(harness, "acme", past.CompleteSince, harness.Now)).Select(SeatsOf));
        Assert.Equal([7, 7], (await RecordsOf(harness, "early", past.CompleteSince, harness.Now)).Select(SeatsOf));
        Assert.Empty((await PastOf(harness, "gone", harness.Now)).Changes);
        await Assert.ThrowsAsync<ScoringException>(() =>
            RecordsOf(harness, "acme", past.CompleteSince - TimeSpan.FromSeconds(1))
        );

        static int? SeatsOf(AccountRecord? account) => account?.Seats;
    }

    [Fact]
    public async Task An_account_that_comes_again_after_its_deletion_has_nothing_of_the_one_before()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Upsert(new AccountUpdate("acme", 3, [new("tier", "a")]));
        var before = harness.Now;
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        harness.Clock.Advance(TimeSpan.FromDays(1));
        await harness.DeleteAccount("acme");
        await harness.Upsert(new AccountUpdate("acme", null, [new("region", "eu")]));

        for (var i = 0; i < 3; i++)
        {
            var records = await RecordsOf(harness, "acme", before, harness.Now);
            Assert.Null(records[0]);
            Assert.Equal((null, "region"), (records[1]!.Seats, records[1]!.Attributes.Single().Key));
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            if (i == 1)
            {
                await harness.CrashAndReopen();
            }
        }
    }

    /// <summary>The store as a version wrote it that kept no changes of accounts: its states say nothing of them.</summary>
    private static void ForgetThatAccountsAreKept(EngineHarness harness)
    {
        using var store = new FileStore(harness.Options);
        var checkpoints = store.OpenCheckpoints();
        for (var partition = 0; partition < harness.Options.Partitions!.Value; partition++)
        {
            var content = checkpoints.ReadState(partition, out var version);
            var reader = new BlobReader(content);
            var archive = PartitionState.Read(ref reader).ArchiveOf(0)!;
            var old = content.ToArray();
            BinaryPrimitives.WriteInt64LittleEndian(old, -1);
            if (!archive.IsEmpty)
            {
                var since = new byte[2 * sizeof(long)];
                BinaryPrimitives.WriteInt64LittleEndian(since, archive.CompleteSince.Ticks);
                BinaryPrimitives.WriteInt64LittleEndian(since.AsSpan(sizeof(long)), archive.AccountsSince.Ticks);
                var at = old.AsSpan().IndexOf(since);
                old = [.. old[..at], .. old[(at + sizeof(long))..]];
            }
            Assert.True(checkpoints.TryPutState(partition, version + 1, old));
        }
    }

    private static async Task<AccountPast> PastOf(EngineHarness harness, string accountId, params Instant[] times)
    {
        var query = new AccountHealthHistoryQuery(new(harness.Workspace, accountId, 30, "", null), times, null);
        int[] partitions = [.. Enumerable.Range(0, harness.Options.Partitions!.Value)];
        var answer = await harness.Engine.Host.TallyPastAsync(
            new PastAccountQuestion(query, ModelVersion: 1, partitions),
            EngineHarness.Cancellation
        );
        return answer.Value!.Account!;
    }

    /// <summary>The account as it was at some instants.</summary>
    private static async Task<AccountRecord?[]> RecordsOf(
        EngineHarness harness,
        string accountId,
        params Instant[] times
    )
    {
        var replay = new AccountReplay(await PastOf(harness, accountId, times));
        return Array.ConvertAll(
            times,
            time =>
            {
                replay.MoveTo(time);
                return replay.Record?.Clone();
            }
        );
    }

    /// <summary>Changes accounts at random, and keeps in lists what they were.</summary>
    private sealed class KeptAccounts(EngineHarness harness, Random random)
    {
        private const int Accounts = 8;
        private readonly Dictionary<
            string,
            List<(Instant At, int? Seats, Dictionary<string, string> Attributes)>
        > _was = [];
        private readonly Instant _start = harness.Now;

        public async Task StepAsync()
        {
            switch (random.Next(12))
            {
                case 0:
                    await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
                    break;
                case 1:
                    await harness.CrashAndReopen();
                    break;
                case 2:
                    // Whatever comes meanwhile is in rows of the checkpoint, or not.
                    var checkpoint = harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
                    await UpsertAsync();
                    await DeleteAsync();
                    await UpsertAsync();
                    await checkpoint;
                    await harness.CrashAndReopen();
                    break;
                case 3 or 4:
                    harness.Clock.Advance(TimeSpan.FromHours(random.Next(1, 60)));
                    break;
                case 5:
                    await DeleteAsync();
                    break;
                case 6:
                    await PruneAsync();
                    break;
                case 7:
                    await harness.Record(new Sample($"c{random.Next(4)}", null));
                    break;
                default:
                    await UpsertAsync();
                    break;
            }
        }

        public async Task RequireSameAsync()
        {
            Instant[] times =
            [
                .. Enumerable
                    .Range(0, 20)
                    .Select(_ => new Instant(random.NextInt64(_start.Ticks, harness.Now.Ticks + 1)))
                    .Append(harness.Now)
                    .Order(),
            ];
            for (var i = 0; i < Accounts; i++)
            {
                var was = _was.GetValueOrDefault($"a{i}", []);
                var told = await RecordsOf(harness, $"a{i}", times);
                foreach (var (time, record) in times.Zip(told))
                {
                    var known = was.FindLastIndex(of => of.At <= time);
                    Assert.Equal(known < 0 ? "" : TextOf(was[known].Seats, was[known].Attributes), TextOf(record));
                }
                var now = await harness.Account($"a{i}");
                Assert.Equal(now is null ? "" : TextOf(now.Seats, now.Attributes), TextOf(told[^1]));
            }
        }

        private static string TextOf(AccountRecord? account) =>
            account is null ? "" : TextOf(account.Seats, account.Attributes);

        private static string TextOf(int? seats, IEnumerable<KeyValuePair<string, string>> attributes) =>
            $"{seats} {string.Join(' ', attributes.Select(a => $"{a.Key}={a.Value}").Order(StringComparer.Ordinal))}!";

        private async Task UpsertAsync()
        {
            var id = $"a{random.Next(Accounts)}";
            int? seats = random.Next(2) == 0 ? null : random.Next(50);
            KeyValuePair<string, string>[] attributes =
            [
                .. Enumerable
                    .Range(0, 4)
                    .Where(_ => random.Next(2) == 0)
                    .Select(key => KeyValuePair.Create($"key{key}", random.Next(3) == 0 ? "" : $"{random.Next(9)}")),
            ];
            Assert.Equal(1, (await harness.Upsert(new AccountUpdate(id, seats, attributes))).Accepted);
            if (!_was.TryGetValue(id, out var was))
            {
                _was.Add(id, was = []);
            }
            var (_, before, had) = was.LastOrDefault((harness.Now, null, []));
            var has = new Dictionary<string, string>(had);
            foreach (var (key, value) in attributes)
            {
                has.Remove(key);
                if (value.Length > 0)
                {
                    has.Add(key, value);
                }
            }
            was.Add((harness.Now, seats ?? before, has));
        }

        private async Task DeleteAsync()
        {
            var id = $"a{random.Next(Accounts)}";
            Assert.Equal(_was.Remove(id), await harness.DeleteAccount(id));
        }

        private async Task PruneAsync()
        {
            var key = $"key{random.Next(4)}";
            var pruning = new NamePruning(null, [key], TimeSpan.Zero, DryRun: false);
            var pruned = await harness.Backend.PruneNamesAsync(harness.Workspace, pruning, EngineHarness.Cancellation);
            foreach (var (_, _, attributes) in pruned.Pruned.Count == 0 ? [] : _was.Values.SelectMany(was => was))
            {
                attributes.Remove(key);
            }
        }
    }
}
