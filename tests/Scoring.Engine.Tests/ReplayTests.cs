using System.Text;
using System.Text.Json;
using Scoring.Core;
using Scoring.Core.Adjustments;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Engine.Hosting;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

/// <summary>A replay takes and refuses what the running server took and refused.</summary>
public sealed class ReplayTests
{
    // Enough that a checkpoint of them is written in several pieces, between which writes go on.
    private const int Fillers = 700;
    private const int Customers = 12;
    private static readonly string Filling = new('v', Limits.AttributeValueBytes);

    [Fact]
    public async Task What_a_key_without_values_decided_survives_a_crash()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Partitions = 1 };
        await harness.Open();
        await harness.Upsert(
            new CustomerUpdate("A", "", [.. Enumerable.Range(0, Limits.Attributes).Select(i => Attribute($"k{i}"))])
        );
        await harness.Upsert(new CustomerUpdate("A", "", [new("k0", "")]));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);

        var live = await harness.Upsert(
            new CustomerUpdate("B", "", [new("k64", "x")]),
            new CustomerUpdate("C", "acme", [new("k0", "y"), new("k1", "z")])
        );
        var (b, c) = (await harness.Score("B"), await harness.Score("C"));
        await harness.CrashAndReopen();

        // Nobody had k0 any more, so B took its place.
        Assert.Equal([1], live.Rejections.Select(r => r.Index));
        Assert.Equal(b?.Attributes, (await harness.Score("B"))?.Attributes);
        Assert.Equal(c?.Attributes, (await harness.Score("C"))?.Attributes);
        Assert.NotNull(b);
        Assert.Null(c);
    }

    [Fact]
    public async Task An_account_that_everybody_left_makes_room_before_and_after_a_crash()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Partitions = 1, PopulationBounds = Bounds with { Accounts = 1 } };
        await harness.Open();
        await harness.Record(new Sample("a", Account: "first"), new Sample("b"));
        await harness.Record(new Sample("a", Account: "second"));
        Assert.Equal([0], (await harness.Record(new Sample("b", Account: "second2"))).Rejections.Select(r => r.Index));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await harness.CrashAndReopen();
        Assert.Equal([0], (await harness.Record(new Sample("b", Account: "second2"))).Rejections.Select(r => r.Index));
    }

    [Fact]
    public async Task A_replay_that_decides_otherwise_stops_the_start_and_changes_nothing()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { Partitions = 1, PopulationBounds = Bounds };
        await harness.Open();
        for (var i = 0; i < 8; i++)
        {
            await harness.Record(new Sample("a", $"{i}", $"type{i}"));
        }
        harness.UseCopyOfFiles();
        await harness.Engine.DisposeAsync();
        harness.Options = harness.Options with { PopulationBounds = Bounds with { EventTypes = 6 } };
        var before = harness.Fingerprint();

        var error = await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.Contains("had not", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, harness.Fingerprint());
        harness.Options = harness.Options with { PopulationBounds = Bounds };
        await harness.Open();
    }

    [Theory]
    [MemberData(nameof(Seeds))]
    public async Task Random_writes_at_the_limits_are_answered_alike_with_and_without_crashes(int seed)
    {
        var random = new Random(seed);
        await using var crashing = await Start();
        await using var steady = await Start();
        for (var step = 0; step < 60; step++)
        {
            switch (random.Next(10))
            {
                case 0:
                    await crashing.CrashAndReopen();
                    await AssertSame(steady, crashing);
                    break;
                case 1 or 2:
                    await WriteDuringCheckpoint(steady, crashing, random);
                    break;
                case 3:
                    await crashing.Reopen();
                    break;
                default:
                    await Write(steady, crashing, random);
                    break;
            }
            crashing.Clock.Advance(TimeSpan.FromSeconds(1));
            steady.Clock.Advance(TimeSpan.FromSeconds(1));
        }
        await crashing.CrashAndReopen();
        await AssertSame(steady, crashing);
    }

    public static TheoryData<int> Seeds => [.. Enumerable.Range(1, 8)];

    private static PopulationBounds Bounds =>
        new(Fillers + Customers - 2, 15 << 20, ((Fillers * 9) + 150) * sizeof(ulong))
        {
            Accounts = 3,
            EventTypes = 8,
            Features = 4,
            AttributeKeys = 6,
        };

    private static async Task<EngineHarness> Start()
    {
        var harness = new EngineHarness();
        harness.Options = harness.Options with { Partitions = 1, PopulationBounds = Bounds };
        await harness.Open();
        await harness.Upsert(Fill());
        return harness;
    }

    /// <summary>Changes many customers, so that the next checkpoint has several pieces.</summary>
    private static CustomerUpdate[] Fill() =>
        [
            .. Enumerable
                .Range(0, Fillers)
                .Select(i => new CustomerUpdate(
                    $"filler{i}",
                    "",
                    [new("fill1", Filling), new("fill2", Filling), new("fill3", Filling)]
                )),
        ];

    /// <summary>Writes between the pieces of a checkpoint, then either lets it end or crashes in the middle of it.</summary>
    private static async Task WriteDuringCheckpoint(EngineHarness steady, EngineHarness crashing, Random random)
    {
        await Same(steady, crashing, host => host.Upsert(Fill()));
        using var reached = new SemaphoreSlim(0);
        using var go = new SemaphoreSlim(0);
        crashing.Probe = step =>
        {
            if (step is CommitStep.SnapshotWritten or CommitStep.StoreBegin or CommitStep.StoreCommitted)
            {
                reached.Release();
                go.Wait(EngineHarness.Cancellation);
            }
        };
        var checkpoint = crashing.Engine.CheckpointAsync(EngineHarness.Cancellation);
        var crashAt = random.Next(8);
        for (var piece = 0; await Next(reached, checkpoint); piece++)
        {
            for (var writes = random.Next(3); writes > 0; writes--)
            {
                await Write(steady, crashing, random);
            }
            if (piece == crashAt)
            {
                crashing.UseCopyOfFiles();
                var crashed = crashing.Engine;
                crashing.Probe = null;
                go.Release(1_000);
                await crashed.DisposeAsync();
                await crashing.Open();
                await AssertSame(steady, crashing);
                return;
            }
            go.Release();
        }
        crashing.Probe = null;
    }

    private static async Task<bool> Next(SemaphoreSlim reached, Task checkpoint)
    {
        var next = reached.WaitAsync(EngineHarness.Cancellation);
        return await Task.WhenAny(next, checkpoint) == next;
    }

    private static async Task Write(EngineHarness steady, EngineHarness crashing, Random random)
    {
        switch (random.Next(21))
        {
            case 12 or 13 or 14:
                var step = random.Next();
                Assert.Equal(await Merge(steady, new Random(step)), await Merge(crashing, new Random(step)));
                break;
            case 15 or 16:
                var (corrected, chosen) = ($"c{random.Next(Customers)}", random.Next());
                Assert.Equal(
                    await Correct(steady, corrected, new Random(chosen)),
                    await Correct(crashing, corrected, new Random(chosen))
                );
                break;
            case 0:
                string[] patterns = [$"type{random.Next(12)}", $"f{random.Next(7)}", $"k{random.Next(7)}", "type1*"];
                var pruning = new NamePruning(null, [patterns[random.Next(4)]], null, DryRun: false);
                var pruned = await Prune(steady, pruning);
                Assert.Equal(pruned, await Prune(crashing, pruning));
                break;
            // A checkpoint that waits for the test keeps models from being put.
            case 1 when crashing.Probe is null:
                var model = Samples.Model("growth");
                model = model with
                {
                    Terms = [(EventTerm)model.Terms[0] with { EventType = $"type{random.Next(12)}" }],
                };
                await steady.Put(model);
                await crashing.Put(model);
                break;
            case 2 or 3:
                CustomerUpdate[] customers = [.. Enumerable.Range(0, random.Next(1, 5)).Select(_ => Update(random))];
                await Same(steady, crashing, host => host.Upsert(customers));
                break;
            case 4:
                AccountUpdate[] accounts =
                [
                    .. Enumerable
                        .Range(0, random.Next(1, 4))
                        .Select(_ => new AccountUpdate($"a{random.Next(3)}", null, Attributes(random, 90, 40))),
                ];
                await Same(steady, crashing, host => host.Upsert(accounts));
                break;
            case 5 or 6:
                var customer = $"c{random.Next(Customers)}";
                await Same(steady, crashing, CommandKind.DeleteCustomer, () => DeletionCodec.Write(customer));
                break;
            case 8:
                var (adjusted, adjustment) = ($"c{random.Next(Customers)}", Adjustment(steady.Now, random));
                await Same(
                    steady,
                    crashing,
                    CommandKind.AdjustScore,
                    () => Adjust(adjusted, adjustment.Model, adjustment)
                );
                break;
            case 9:
                var (freed, freedModel) = ($"c{random.Next(Customers)}", random.Next(4) > 0 ? "engagement" : "growth");
                await Same(
                    steady,
                    crashing,
                    CommandKind.AdjustScore,
                    () => Adjust(freed, freedModel, adjustment: null)
                );
                break;
            case 7:
                var account = $"a{random.Next(6)}";
                Assert.Equal(
                    await steady.DeleteAccount(account, releaseCustomers: true),
                    await crashing.DeleteAccount(account, releaseCustomers: true)
                );
                break;
            default:
                Sample[] events = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => Event(random))];
                await Same(steady, crashing, host => host.Record(events));
                break;
        }
    }

    /// <summary>Takes one step of a merge, as it may come early, late or again. A checkpoint that waits for the test keeps whole merges from being done.</summary>
    private static async Task<string> Merge(EngineHarness harness, Random random)
    {
        // Only into those behind, so that nobody is merged into itself over others.
        var customer = random.Next(Customers - 1);
        var id = $"c{customer}";
        var host = harness.Engine.Host;
        var merged = (await host.FindMergedAsync("", [id], EngineHarness.Cancellation)).Value![0];
        var survivor = merged?.SurvivorId ?? $"c{random.Next(customer + 1, Customers)}";
        var number = Interlocked.Increment(ref harness.Merges) - (random.Next(4) == 0 ? 3 : 0);
        var kind = merged switch
        {
            null => CommandKind.BeginMerge,
            { Stored.Length: > 0 } => random.Next(4) switch
            {
                0 => CommandKind.EndMerge,
                1 => CommandKind.CancelMerge,
                _ => CommandKind.AdoptCustomer,
            },
            _ => random.Next(2) == 0 ? CommandKind.ForgetMerged : CommandKind.RecordForSurvivor,
        };
        BlobWriter payload;
        if (kind == CommandKind.RecordForSurvivor)
        {
            using var events = Samples.Batch([Event(random) with { Customer = id }]);
            payload = new BlobWriter();
            payload.Text(survivor);
            payload.Bytes(events.Encoded.Span);
        }
        else
        {
            payload = new MergeStep(number, id, survivor, merged?.Stored, random.Next(3)).Write();
        }
        return await Write(harness, kind, payload);
    }

    /// <summary>Voids or replaces an event of a customer, or fails to because it has changed, or there is no room for what is to take its place.</summary>
    private static async Task<string> Correct(EngineHarness harness, string id, Random random)
    {
        var host = harness.Engine.Host;
        var found = (await host.ReadPastAsync("", id, EngineHarness.Cancellation)).Value!;
        PastEvent[] events = found.Count == 0 ? [] : [.. VoidedEvents.Without(found[0])];
        if (events.Length == 0)
        {
            return "";
        }
        Array.Sort(events, EventOrder.Instance);
        var item = events[random.Next(events.Length)];
        CorrectedEvent? replacement =
            random.Next(2) == 0
                ? null
                : new($"type{random.Next(12)}", item.OccurredAt, 3, $"f{random.Next(7)}", $"a{random.Next(6)}");
        var plan = CorrectionPlan.Of(
            found[0],
            [new(id, new(item.EventType, item.OccurredAt, item.Value, item.Feature), replacement)],
            Instant.MinValue,
            out _
        );
        using var batch = new EventBatch("");
        if (replacement is not null)
        {
            batch.Add(
                new EventRecord
                {
                    CustomerId = Encoding.UTF8.GetBytes(id),
                    Type = Encoding.UTF8.GetBytes(replacement.EventType),
                    Feature = Encoding.UTF8.GetBytes(replacement.Feature),
                    AccountId = Encoding.UTF8.GetBytes(replacement.AccountId),
                    OccurredAt = replacement.OccurredAt,
                    Value = replacement.Value,
                }
            );
        }
        var asKnown = random.Next(6) == 0 ? found[0] with { Digest = found[0].Digest + 1 } : found[0];
        var customer = plan.Customer(host.Workspaces.Get("").Settings);
        var command = CorrectionCommand.Of(asKnown, customer, plan.Wanted, batch.Encoded.ToArray());
        return await Write(harness, CommandKind.CorrectEvents, command.Write());
    }

    /// <summary>Has a command written at the partition, past the router, which looks for survivors of merges and may wait for a checkpoint with that.</summary>
    private static async Task<string> Write(EngineHarness harness, CommandKind kind, BlobWriter payload)
    {
        var write = new HostWrite("", kind, [new HostPart(0, payload)]);
        var written = (await harness.Engine.Host.WriteAsync(write, default)).Value!;
        return $"{kind} {written.Accepted} {string.Join(" ", written.Rejections)}";
    }

    private static async Task Same(
        EngineHarness steady,
        EngineHarness crashing,
        CommandKind kind,
        Func<BlobWriter> payload
    ) => Assert.Equal(await Write(steady, kind, payload()), await Write(crashing, kind, payload()));

    private static async Task<IEnumerable<KnownName>> Prune(EngineHarness harness, NamePruning pruning) =>
        (await harness.Backend.PruneNamesAsync("", pruning, EngineHarness.Cancellation)).Pruned.Select(use => use.Name);

    private static Sample Event(Random random) =>
        new(
            $"c{random.Next(Customers)}",
            $"{random.Next(400)}",
            $"type{random.Next(12)}",
            random.Next(4) == 0 ? 2.5 : 1,
            Feature: random.Next(3) == 0 ? $"f{random.Next(7)}" : "",
            Account: random.Next(3) == 0 ? $"a{random.Next(6)}" : ""
        );

    private static CustomerUpdate Update(Random random) =>
        new(
            $"c{random.Next(Customers)}",
            random.Next(3) == 0 ? $"a{random.Next(6)}" : "",
            Attributes(random, keys: 7, most: 4)
        );

    private static KeyValuePair<string, string>[] Attributes(Random random, int keys, int most) =>
        [
            .. Enumerable
                .Range(0, random.Next(most))
                .Select(_ => random.Next(keys))
                .Distinct()
                .Select(key => KeyValuePair.Create($"k{key}", random.Next(3) > 0 ? $"v{random.Next(3)}" : "")),
        ];

    /// <summary>Some expire while the test goes on.</summary>
    private static ScoreAdjustment Adjustment(Instant now, Random random) =>
        new(
            random.Next(4) > 0 ? "engagement" : "growth",
            random.Next(2) == 0 ? AdjustmentKind.Add : AdjustmentKind.Set,
            random.Next(-50, 50),
            "because",
            "ada",
            CreateTime: default,
            random.Next(2) == 0 ? now + TimeSpan.FromSeconds(random.Next(1, 20)) : null
        );

    private static BlobWriter Adjust(string customer, string model, ScoreAdjustment? adjustment) =>
        AdjustmentCodec.Write(customer, model, adjustment);

    private static KeyValuePair<string, string> Attribute(string key) => new(key, "v");

    private static async Task Same(
        EngineHarness steady,
        EngineHarness crashing,
        Func<EngineHarness, Task<WriteResult>> write
    )
    {
        var (expected, answer) = (await write(steady), await write(crashing));
        Assert.Equal((expected.Accepted, expected.Duplicates), (answer.Accepted, answer.Duplicates));
        Assert.Equal(expected.Rejections, answer.Rejections);
    }

    private static async Task AssertSame(EngineHarness steady, EngineHarness crashing)
    {
        string[] ids = [.. Enumerable.Range(0, Customers).Select(i => $"c{i}")];
        var (expected, found) = (await steady.Scores(null, ids), await crashing.Scores(null, ids));
        Assert.Equal(expected.Select(Text), found.Select(Text));
        Assert.Equal(
            await steady.Backend.ListEventTypesAsync("default", EngineHarness.Cancellation),
            await crashing.Backend.ListEventTypesAsync("default", EngineHarness.Cancellation)
        );
        foreach (var id in ids)
        {
            Assert.Equal(await MergedOf(steady, id), await MergedOf(crashing, id));
            Assert.Equal(
                JsonSerializer.Serialize(await steady.Customer(id)),
                JsonSerializer.Serialize(await crashing.Customer(id))
            );
        }
        foreach (var account in Enumerable.Range(0, 6).Select(i => $"a{i}"))
        {
            Assert.Equivalent(await steady.Account(account), await crashing.Account(account), strict: true);
        }
        Assert.Equal(await Totals(steady), await Totals(crashing));
        Assert.Equal(await Names(steady), await Names(crashing));
    }

    private static async Task<string> MergedOf(EngineHarness harness, string id)
    {
        var found = await harness.Engine.Host.FindMergedAsync("", [id], EngineHarness.Cancellation);
        return $"{found.Value![0]?.SurvivorId} {found.Value[0]?.Stored.Length}";
    }

    private static async Task<IEnumerable<string>> Totals(EngineHarness harness) =>
        (await harness.Segment(query => query with { EventTotals = true })).EventTotals.Select(total => $"{total}");

    private static async Task<IEnumerable<string>> Names(EngineHarness harness)
    {
        var list = await harness.Backend.ListNamesAsync("", EngineHarness.Cancellation);
        return
        [
            .. list.Names.Select(use => $"{use.Name} {use.LastDay} {use.Holders} {string.Join(",", use.UsedBy)}"),
            .. list.Rooms.Select(room => $"{room}"),
        ];
    }

    private static string Text(CustomerScore? score) =>
        score is null
            ? ""
            : $"{score.AccountId} {score.Adjustment} {string.Join(",", score.Attributes)} {string.Join(",", score.Contributions.Select(c => c.Quantity))}";
}
