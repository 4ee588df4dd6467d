using Scoring.Core;
using Scoring.Core.Adjustments;
using Scoring.Core.History;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Engine.Tests;

/// <summary>What was recorded is kept, each thing once, whatever becomes of checkpoints and processes.</summary>
public sealed class ArchiveTests
{
    [Fact]
    public async Task An_event_is_kept_as_it_was_recorded()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        var at = new Instant(harness.Now.Ticks - 12_345_678);
        harness.Clock.Advance(TimeSpan.FromMilliseconds(1));
        await harness.Record(new Sample("a", "1", "purchase", 12.5, at, "search", "acme"), new Sample("b", "1"));
        await harness.Record(new Sample("a", "1", "purchase", 12.5, at, "search", "acme"));
        var received =
            new Instant(harness.Now.Ticks / TimeSpan.TicksPerSecond * TimeSpan.TicksPerSecond)
            + TimeSpan.FromSeconds(1);

        for (var i = 0; i < 3; i++)
        {
            var past = await PastOf(harness, "a");
            Assert.Equal([new("purchase", at, received, 12.5, "search", "acme")], past!.Events);
            Assert.Equal(Instant.MinValue, past.CompleteSince);
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            if (i == 1)
            {
                await harness.CrashAndReopen();
            }
        }
        Assert.Null(await PastOf(harness, "nobody"));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    public async Task The_archive_holds_what_a_list_holds(int seed)
    {
        var random = new Random(seed);
        await using var harness = new EngineHarness();
        await harness.Open();
        var kept = new KeptRecords(harness, random);
        for (var step = 0; step < 250; step++)
        {
            await kept.StepAsync();
            if (step % 10 == 0)
            {
                await kept.RequireSameAsync();
            }
        }
        await kept.RequireSameAsync();
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Reopen();
        await kept.RequireSameAsync();
    }

    [Fact]
    public async Task A_crash_at_any_step_of_a_checkpoint_keeps_everything_once()
    {
        for (var steps = 1; ; steps++)
        {
            await using var harness = new EngineHarness();
            await harness.Open();
            await harness.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c{i}", "1"))]);
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            await harness.Record([.. Enumerable.Range(0, 20).Select(i => new Sample($"c{i}", "2"))]);
            await harness.Delete("c3");
            harness.Clock.Advance(TimeSpan.FromDays(2));
            var (left, directory, running) = (steps, harness.Directory, harness.Engine);
            harness.Probe = _ =>
            {
                if (Interlocked.Decrement(ref left) == 0)
                {
                    harness.UseCopyOfFiles();
                }
            };
            var checkpoint = running.CheckpointAsync(EngineHarness.Cancellation);
            await harness.Record(new Sample("d", "1"), new Sample("c4", "3"));
            await checkpoint;
            harness.Probe = null;
            await running.DisposeAsync();
            await harness.Open();
            await harness.Record(new Sample("d", "1"), new Sample("c4", "3"));

            for (var i = 0; i < 2; i++)
            {
                Assert.Null(await PastOf(harness, "c3"));
                Assert.Equal(2, (await PastOf(harness, "c5"))!.Events.Count);
                Assert.Equal(3, (await PastOf(harness, "c4"))!.Events.Count);
                Assert.Single((await PastOf(harness, "d"))!.Events);
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            }
            if (harness.Directory == directory)
            {
                Assert.True(steps > 10, $"only {steps} steps");
                break;
            }
        }
    }

    [Fact]
    public async Task A_checkpoint_that_finds_no_room_loses_nothing()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1", "purchase", 3), new Sample("gone", "1"));
        var failures = 0;
        for (var failing = 0; failing < 12; failing++)
        {
            var left = failing;
            harness.Probe = step =>
            {
                if (step == CommitStep.StoreWritten && Interlocked.Decrement(ref left) == -1)
                {
                    throw new Storage.StoreFailure("A test wants it so.", isFull: true);
                }
            };
            try
            {
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            }
            catch (ScoringException e)
            {
                Assert.Equal(ScoringError.StorageFull, e.Error);
                failures++;
            }
            harness.Probe = null;
            await harness.Record(new Sample("a", $"{failing + 2}", "purchase", failing));
            await harness.Delete("gone");
            Assert.Equal(failing + 2, (await PastOf(harness, "a"))!.Events.Count);
        }
        Assert.True(failures > 1, $"{failures} failures");
        await harness.CrashAndReopen();
        Assert.Equal([3, .. Enumerable.Range(0, 12)], (await PastOf(harness, "a"))!.Events.Select(of => of.Value));
    }

    [Theory]
    [InlineData(CommitStep.StoreBegin)]
    [InlineData(CommitStep.StoreWritten)]
    [InlineData(CommitStep.StoreRenamed)]
    [InlineData(CommitStep.StoreCommitted)]
    public async Task What_became_of_a_checkpoint_unknown_everything_is_kept_once(CommitStep failing)
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Partitions = 1 };
        await harness.Open();
        await harness.Record(new Sample("a", "1"), new Sample("gone", "1"));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Record(new Sample("a", "2"), new Sample("gone", "2"));
        var left = 1;
        harness.Probe = step =>
        {
            if (step == failing && Interlocked.Decrement(ref left) == 0)
            {
                throw new Storage.StoreFailure("A test wants it so.");
            }
        };
        await Assert.ThrowsAsync<ScoringException>(() => harness.Engine.CheckpointAsync(EngineHarness.Cancellation));

        Assert.Equal(2, (await PastOf(harness, "a"))!.Events.Count);
        await harness.Record(new Sample("a", "3"));
        await harness.Delete("gone");
        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(3, (await PastOf(harness, "a"))!.Events.Count);
            Assert.Null(await PastOf(harness, "gone"));
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        }
        await harness.CrashAndReopen();
        Assert.Equal(3, (await PastOf(harness, "a"))!.Events.Count);
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("cut")]
    [InlineData("longer")]
    public async Task A_file_that_is_not_there_as_it_was_written_refuses_the_start(string damage)
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"), new Sample("b", "1"), new Sample("c", "1"), new Sample("d", "1"));
        await harness.Engine.DisposeAsync();
        Assert.True(harness.Archives.Count > 1);
        foreach (var path in harness.Archives)
        {
            var sound = await File.ReadAllBytesAsync(path, EngineHarness.Cancellation);
            File.Delete(path);
            if (damage != "missing")
            {
                byte[] damaged = damage == "cut" ? sound[..^1] : [.. sound, 0];
                await File.WriteAllBytesAsync(path, damaged, EngineHarness.Cancellation);
            }

            var error = await Assert.ThrowsAsync<StoreException>(harness.Open);

            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            await File.WriteAllBytesAsync(path, sound, EngineHarness.Cancellation);
        }
        await harness.Open();
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_keeps_nobody_from_recording()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Partitions = 1 };
        await harness.Open();
        await harness.Record(new Sample("a", "1"), new Sample("gone", "1"));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        var path = Assert.Single(harness.Archives);
        var damaged = await File.ReadAllBytesAsync(path, EngineHarness.Cancellation);
        damaged[12] ^= 1;
        await File.WriteAllBytesAsync(path, damaged, EngineHarness.Cancellation);
        await harness.Reopen();

        await harness.Record(new Sample("a", "2"), new Sample("b", "1"));
        await harness.Delete("gone");
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);

        var refused = await Assert.ThrowsAsync<ScoringException>(() => PastOf(harness, "a"));
        Assert.Equal(ScoringError.Unavailable, refused.Error);
        Assert.DoesNotContain(path, refused.Message, StringComparison.Ordinal);
        Assert.Single((await PastOf(harness, "b"))!.Events);
        Assert.Null(await PastOf(harness, "gone"));
        await harness.CrashAndReopen();
        Assert.Equal(2, await harness.CountOf("a"));
    }

    [Fact]
    public async Task Where_events_begin_to_be_kept_everybody_has_an_opening()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { KeepsEvents = false };
        await harness.Open();
        await harness.Record(new Sample("a", "1", "purchase", 3), new Sample("b", "1"));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.Record(new Sample("a", "2"));
        Assert.Equal(
            ScoringError.BeforeHistory,
            (await Assert.ThrowsAsync<ScoringException>(() => PastOf(harness, "a"))).Error
        );
        await harness.Engine.DisposeAsync();
        var began = harness.Now;
        harness.Options = harness.Options with { KeepsEvents = true };
        harness.Clock.Advance(TimeSpan.FromHours(1));

        await harness.Open();
        await harness.Record(new Sample("a", "3"), new Sample("new", "1"));

        for (var i = 0; i < 3; i++)
        {
            var past = await PastOf(harness, "a");
            Assert.Equal([ChangeKind.Opening], past!.Changes.Select(change => change.Kind));
            Assert.Equal("login", Assert.Single(past.Events).EventType);
            Assert.Equal(began, past.CompleteSince);
            Assert.Empty((await PastOf(harness, "new"))!.Changes);
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            if (i == 1)
            {
                await harness.CrashAndReopen();
            }
        }
    }

    [Fact]
    public async Task A_store_that_keeps_events_is_not_opened_without()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        await harness.Engine.DisposeAsync();
        var before = harness.Fingerprint();
        harness.Options = harness.Options with { KeepsEvents = false };

        var refused = await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.Contains("KeepsEvents", refused.Message, StringComparison.Ordinal);
        Assert.Equal(before, harness.Fingerprint());
        harness.Options = harness.Options with { KeepsEvents = true };
        await harness.Open();
    }

    [Fact]
    public async Task Of_events_that_are_no_longer_kept_it_stays_known_what_they_came_to()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { ArchiveRetention = TimeSpan.FromDays(60) };
        await harness.Open();
        await harness.Upsert(new CustomerUpdate("a", "acme", [new("plan", "pro")]));
        for (var day = 0; day < 150; day++)
        {
            await harness.Record(new Sample("a", $"{day}", "purchase", day), new Sample("early", $"{day % 10}"));
            harness.Clock.Advance(TimeSpan.FromDays(1));
            if (day % 5 == 0)
            {
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            }
            if (day == 80)
            {
                await harness.CrashAndReopen();
            }
        }
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);

        // 150 days from January 10 on end in June: 60 days before that is April, and March is gone.
        var past = await PastOf(harness, "a");
        Assert.Equal("2026-03-31", past!.CompleteSince.ToString()[..10]);
        Assert.Equal([ChangeKind.Opening], past.Changes.Select(change => change.Kind));
        Assert.Equal(150 - 81, past.Events.Count);
        Assert.Empty((await PastOf(harness, "early"))!.Events);
        foreach (var id in new[] { "a", "early" })
        {
            var live = await harness.Score(id);
            var told = (await ScoresOf(harness, id, harness.Now))!.Points;
            Assert.Equal(live!.Score, Assert.Single(told).Score, 1e-9);
            Assert.Equal(live.AccountId, (await harness.Scores(harness.Now - TimeSpan.FromHours(1), id))[0]!.AccountId);
        }
        var refused = await Assert.ThrowsAsync<ScoringException>(() =>
            ScoresOf(harness, "a", past.CompleteSince - TimeSpan.FromSeconds(1))
        );
        Assert.Equal(ScoringError.BeforeHistory, refused.Error);
        await harness.Reopen();
        Assert.Equal(past.Events.Count, (await PastOf(harness, "a"))!.Events.Count);
    }

    [Theory]
    [InlineData(3)]
    [InlineData(5)]
    [InlineData(1)]
    public async Task A_store_that_moves_takes_its_archive_along(int partitions)
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        var kept = new KeptRecords(harness, new Random(partitions));
        for (var step = 0; step < 120; step++)
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

    private static async Task<ScoreHistory?> ScoresOf(
        EngineHarness harness,
        string customerId,
        params Instant[] times
    ) =>
        await harness.Backend.GetScoreHistoryAsync(
            new ScoreHistoryQuery(harness.Workspace, customerId, "", times, KnownAt: null),
            EngineHarness.Cancellation
        );

    /// <summary>All that the archive has of a customer; null when nothing is known of it.</summary>
    internal static async Task<CustomerPast?> PastOf(EngineHarness harness, string customerId)
    {
        var answer = await harness.Engine.Host.ReadPastAsync(harness.Workspace, customerId, EngineHarness.Cancellation);
        return answer.Value!.SingleOrDefault();
    }

    /// <summary>Does things at random, and keeps them in lists.</summary>
    private sealed class KeptRecords(EngineHarness harness, Random random)
    {
        private const int Customers = 12;
        private readonly Dictionary<string, List<PastEvent>> _events = [];
        private readonly Dictionary<string, List<PastEvent>> _eventsOfMerged = [];
        private readonly Dictionary<string, List<ChangeKind>> _changes = [];
        private readonly Dictionary<string, string> _survivors = [];
        private int _ids;

        public async Task StepAsync()
        {
            switch (random.Next(20))
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
                    await RecordAsync();
                    await DeleteAsync();
                    await RecordAsync();
                    await checkpoint;
                    await harness.CrashAndReopen();
                    break;
                case 3:
                    harness.Clock.Advance(TimeSpan.FromHours(random.Next(1, 200)));
                    break;
                case 4:
                    await DeleteAsync();
                    break;
                case 5:
                    await MergeAsync();
                    break;
                case 6:
                    await AdjustAsync();
                    break;
                case 7 or 8:
                    await UpsertAsync();
                    break;
                case 9:
                    await DeleteAccountAsync();
                    break;
                case 10:
                    await PruneAsync();
                    break;
                default:
                    await RecordAsync();
                    break;
            }
        }

        public async Task RequireSameAsync()
        {
            for (var i = 0; i < Customers; i++)
            {
                var id = $"c{i}";
                var past = await PastOf(harness, id);
                Assert.Equal(_events.GetValueOrDefault(id, []).Order(InOrder), (past?.Events ?? []).Order(InOrder));
                // How often names were removed shows in what is left alone.
                var changes = past?.Changes.Select(change => change.Kind) ?? [];
                Assert.Equal(_changes.GetValueOrDefault(id, []), changes.Where(kind => kind != ChangeKind.Pruning));
                Assert.Equal(_events.ContainsKey(id), past is not null);
                await RequireSameScoreAsync(id);
            }
            await RequireSameExportAsync();
        }

        /// <summary>Others are given every event once, for the customer that it was recorded for.</summary>
        private async Task RequireSameExportAsync()
        {
            var exported = new List<(string, PastEvent)>();
            var query = new EventExportQuery { Workspace = harness.Workspace };
            await foreach (var some in harness.Backend.ReadEventsAsync(query, EngineHarness.Cancellation))
            {
                exported.AddRange(some.Select(Known));
            }
            var known = _events.Concat(_eventsOfMerged).SelectMany(of => of.Value.Select(item => (of.Key, item)));
            Assert.Equal(known.OrderBy(of => of.ToString()), exported.OrderBy(of => of.ToString()));
        }

        private static (string, PastEvent) Known(ExportedEvent item) =>
            (
                item.CustomerId,
                new(item.EventType, item.OccurredAt, item.ReceivedAt, item.Value, item.Feature, item.AccountId)
            );

        /// <summary>What the past says of the present is what the present says.</summary>
        private async Task RequireSameScoreAsync(string id)
        {
            var history = await ScoresOf(harness, id, harness.Now);
            var score = await harness.Score(id);
            Assert.Equal(score?.CustomerId, history?.CustomerId);
            if (history?.Points is [var point])
            {
                Assert.Equal(score!.Score, point.Score, 1e-9 * Math.Max(1, Math.Abs(score.Score)));
                Assert.Equal(score.Band, point.Band);
            }
        }

        private static readonly Comparer<PastEvent> InOrder = Comparer<PastEvent>.Create(
            (one, other) => string.CompareOrdinal(one.ToString(), other.ToString())
        );

        private string Any() => $"c{random.Next(Customers)}";

        private string Whose(string id) => _survivors.TryGetValue(id, out var survivor) ? Whose(survivor) : id;

        private void Know(string id)
        {
            _events.TryAdd(id, []);
            _changes.TryAdd(id, []);
        }

        private async Task RecordAsync()
        {
            var samples = new List<Sample>();
            for (var i = random.Next(1, 12); i > 0; i--)
            {
                samples.Add(
                    new(
                        Any(),
                        random.Next(3) == 0 ? null : $"e{_ids++}",
                        Type: random.Next(4) switch
                        {
                            0 => "purchase",
                            1 => $"extra{random.Next(3)}",
                            _ => "login",
                        },
                        Value: random.Next(3) == 0 ? random.NextDouble() * 100 : 1,
                        At: random.Next(2) == 0
                            ? null
                            : harness.Now - TimeSpan.FromTicks(random.NextInt64(TimeSpan.TicksPerDay * 40)),
                        Feature: random.Next(3) == 0 ? $"f{random.Next(3)}" : "",
                        Account: random.Next(3) == 0 ? $"account{random.Next(3)}" : ""
                    )
                );
            }
            var result = await harness.Record([.. samples]);
            Assert.Equal(samples.Count, result.Accepted);
            var second = (harness.Now.Ticks + TimeSpan.TicksPerSecond - 1) / TimeSpan.TicksPerSecond;
            foreach (var sample in samples)
            {
                var id = Whose(sample.Customer);
                Know(id);
                _events[id]
                    .Add(
                        new(
                            sample.Type,
                            sample.At ?? harness.Now,
                            new(second * TimeSpan.TicksPerSecond),
                            sample.Value,
                            sample.Feature,
                            sample.Account
                        )
                    );
            }
        }

        private async Task DeleteAsync()
        {
            var id = Whose(Any());
            Assert.Equal(_events.ContainsKey(id), await harness.Delete(id));
            _events.Remove(id);
            _changes.Remove(id);
            foreach (var merged in _survivors.Keys.Where(merged => Whose(merged) == id).ToList())
            {
                _survivors.Remove(merged);
                _eventsOfMerged.Remove(merged);
            }
        }

        private async Task MergeAsync()
        {
            var (into, merged) = (Whose(Any()), Whose(Any()));
            if (into == merged || !_events.TryGetValue(merged, out var events))
            {
                return;
            }
            await harness.Merge(into, merged);
            Know(into);
            _changes[into].Add(ChangeKind.Adoption);
            _survivors.Add(merged, into);
            _eventsOfMerged.Add(merged, events);
            _events.Remove(merged);
            _changes.Remove(merged);
        }

        private async Task AdjustAsync()
        {
            var id = Any();
            if (_survivors.ContainsKey(id) || !_events.ContainsKey(id))
            {
                return;
            }
            await harness.Adjust(id, new("engagement", AdjustmentKind.Add, 5, "a test", "me", default, null));
            _changes[id].Add(ChangeKind.Adjustment);
        }

        private async Task UpsertAsync()
        {
            var id = Any();
            if (_survivors.ContainsKey(id))
            {
                return;
            }
            await harness.Upsert(
                new CustomerUpdate(id, $"account{random.Next(3)}", [new("plan", "pro"), new("extra0", "x")])
            );
            Know(id);
            _changes[id].Add(ChangeKind.Update);
        }

        private async Task DeleteAccountAsync()
        {
            var account = $"account{random.Next(3)}";
            List<string> members = [];
            foreach (var id in _events.Keys)
            {
                if ((await harness.Customer(id))!.AccountId == account)
                {
                    members.Add(id);
                }
            }
            await harness.DeleteAccount(account, releaseCustomers: true);
            members.ForEach(id => _changes[id].Add(ChangeKind.LeftAccount));
            foreach (var events in _events.Values.Concat(_eventsOfMerged.Values))
            {
                for (var i = 0; i < events.Count; i++)
                {
                    events[i] = events[i].AccountId == account ? events[i] with { AccountId = "" } : events[i];
                }
            }
        }

        private async Task PruneAsync()
        {
            var name = $"extra{random.Next(3)}";
            var pruning = new NamePruning(null, [name], TimeSpan.Zero, DryRun: false);
            var pruned = await harness.Backend.PruneNamesAsync(harness.Workspace, pruning, EngineHarness.Cancellation);
            if (pruned.Pruned.Count == 0)
            {
                return;
            }
            foreach (var events in _events.Values.Concat(_eventsOfMerged.Values))
            {
                events.RemoveAll(item => item.EventType == name);
            }
        }
    }
}
