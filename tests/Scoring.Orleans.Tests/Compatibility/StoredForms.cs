using System.Buffers;
using System.Globalization;
using System.Text;
using Scoring.Cluster.Customers;
using Scoring.Core.Accounts;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.Postgres;

namespace Scoring.Cluster.Tests.Compatibility;

/// <summary>One example of everything that silos store, or send in a binary form of their own.</summary>
/// <param name="Name">What it is.</param>
/// <param name="Text">Its form: hexadecimal, or as it is where it is text.</param>
/// <param name="ReadBack">Reads it, and fails where that does not give what was written.</param>
internal sealed record StoredForm(string Name, string Text, Action ReadBack);

/// <summary>The examples.</summary>
internal static class StoredForms
{
    private static readonly Instant At = Instant.From(new DateTimeOffset(2026, 1, 10, 12, 0, 0, TimeSpan.Zero));

    private static readonly WorkspaceSettings Workspace = new() { Name = WorkspaceSettings.DefaultName };

    public static IReadOnlyList<StoredForm> All { get; } =
    [
        Customer(),
        EventIds(),
        Account(),
        Models(),
        Names(),
        SegmentTallySent(),
        BriefSegmentTallySent(),
        AccountTallySent(),
        Places(),
    ];

    private static StoredForm Customer()
    {
        var stored = Written(Ada().Write);
        return new(
            "customer",
            Convert.ToHexString(stored),
            () =>
            {
                var open = new OpenCustomer(Workspace);
                open.Open(stored);
                Assert.Equal(Ada().NewestEvent, open.NewestEvent);
                Assert.Equal(stored, Written(open.Write));
                var score = open.Score(Samples.Model(), At);
                Assert.Equal(("ada", "acme"), (score.CustomerId, score.AccountId));
                Assert.Equal([new("plan", "pro")], score.Attributes);
            }
        );
    }

    private static StoredForm EventIds()
    {
        var window = new EventIdWindow();
        using var batch = Samples.Batch(Events());
        for (var item = batch.GetEnumerator(); item.MoveNext(); )
        {
            window.Add(item, At);
        }
        var (block, ids) = window.ChangedBlocks().Single();
        return new(
            "event ids",
            $"{block}: {Convert.ToHexString(ids)}",
            () =>
            {
                var read = new EventIdWindow();
                read.Restore(block, ids);
                using var again = Samples.Batch(Events());
                for (var item = again.GetEnumerator(); item.MoveNext(); )
                {
                    Assert.True(read.Find(item));
                }
            }
        );
    }

    private static StoredForm Account()
    {
        var account = new AccountRecord("acme");
        Assert.Null(account.Apply(new AccountUpdate("acme", 12, [new("tier", "gold")]), 0));
        var stored = Written(account.Write);
        return new(
            "account",
            Convert.ToHexString(stored),
            () => Assert.Equal(stored, Written(AccountRecord.Read(stored).Write))
        );
    }

    private static StoredForm Models()
    {
        var stored = StoredModels.None.With(Samples.Model() with { Version = 3 }, "hash").Write();
        return new(
            "models",
            Encoding.UTF8.GetString(stored),
            () => Assert.Equal(stored, StoredModels.Read(stored).Write())
        );
    }

    private static StoredForm Names()
    {
        var stored = new StoredNames(["login"], ["search"], ["plan"]).Write();
        return new(
            "vocabulary",
            Encoding.UTF8.GetString(stored),
            () => Assert.Equal(stored, StoredNames.Read(stored).Write())
        );
    }

    private static SegmentQuery Query =>
        new()
        {
            Workspace = Workspace.Name,
            Percentiles = [50],
            Top = 1,
            Bottom = 1,
            EventTotals = true,
        };

    private static StoredForm SegmentTallySent()
    {
        var sent = Written(Everyone().Tally(Query, Samples.Model(), At).Write);
        return new(
            "segment tally",
            Convert.ToHexString(sent),
            () => Assert.Equal(sent, Written(SegmentTally.Read(sent, Query).Write))
        );
    }

    private static StoredForm BriefSegmentTallySent()
    {
        var tally = Everyone().Tally(Query, Samples.Model(), At);
        var expected = SegmentTally.Summarize(
            [Everyone().Tally(Query, Samples.Model(), At)],
            Query,
            Samples.Model(),
            At
        );
        var sent = Written(target => tally.WriteBriefly(target, mostScores: 0));
        var wanted = SegmentTally.Wanted([SegmentTally.Read(sent, Query)], Query, Samples.Model())!;
        var picked = Written(target => tally.WritePicked(wanted, target));
        return new(
            "segment tally, brief",
            string.Join(' ', ((byte[][])[sent, wanted, picked]).Select(Convert.ToHexString)),
            () =>
            {
                var read = SegmentTally.Read(sent, Query);
                read.ReadPicked(picked);
                var found = SegmentTally.Summarize([read], Query, Samples.Model(), At);
                Assert.Equal(expected.Percentiles, found.Percentiles);
                Assert.Equal((expected.Mean, expected.Customers), (found.Mean, found.Customers));
            }
        );
    }

    private static StoredForm AccountTallySent()
    {
        var model = Samples.Model();
        var sent = Written(Everyone().TallyAccount("acme", model, 30, At).Write);
        return new(
            "account tally",
            Convert.ToHexString(sent),
            () => Assert.Equal(sent, Written(AccountTally.Read(sent, model).Write))
        );
    }

    /// <summary>Where customers are: it is stored with them, and silos of two versions must agree about it.</summary>
    private static StoredForm Places()
    {
        string[] places =
        [
            .. new[] { "ada", "bob", "zoë" }.Select(id =>
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{new CustomerKey("w", id)} in {Buckets.Of(id)}, shard {Buckets.ShardOf(Buckets.Of(id), 8)} of 8"
                )
            ),
        ];
        return new("places", string.Join("; ", places), () => { });
    }

    private static Sample[] Events() =>
        [
            new("ada", "1", Account: "acme", Feature: "search", At: At - TimeSpan.FromDays(40)),
            new("ada", "2", Type: "purchase", Value: 2.5, At: At - TimeSpan.FromHours(5)),
            new("ada", "3", At: At),
        ];

    private static OpenCustomer Ada()
    {
        var open = new OpenCustomer(Workspace);
        open.OpenNew("ada");
        using var batch = Samples.Batch(Events());
        for (var item = batch.GetEnumerator(); item.MoveNext(); )
        {
            open.Record(item.Current, At);
        }
        open.Upsert(new CustomerUpdate("ada", "", [new("plan", "pro")]), default);
        return open;
    }

    private static Population Everyone()
    {
        var population = new Population(Workspace);
        population.Put(Written(Ada().Write));
        population.Settle();
        return population;
    }

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var target = new ArrayBufferWriter<byte>();
        write(target);
        return target.WrittenSpan.ToArray();
    }
}
