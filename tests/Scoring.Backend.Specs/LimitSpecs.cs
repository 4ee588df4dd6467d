using Scoring.Core;
using Scoring.Core.Recording;

namespace Scoring.Backend.Specs;

/// <summary>What is beyond a limit is refused by itself, and says so.</summary>
public abstract class LimitSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    [Fact]
    public async Task An_event_beyond_a_limit_is_rejected_alone_and_stays_rejected_after_a_crash()
    {
        await using var host = await Start();
        var within = Enumerable.Range(0, Limits.EventTypes);
        await host.Record([.. within.Select(i => new Sample("a", $"{i}", $"type-{i}", Feature: $"f-{i}"))]);

        await AreRejected(host);
        await host.CrashAndRestartAsync();
        await AreRejected(host);
    }

    [Fact]
    public async Task A_customer_beyond_a_limit_is_rejected_alone()
    {
        await using var host = await Start();
        KeyValuePair<string, string>[] many =
        [
            .. Enumerable.Range(0, Limits.Attributes + 1).Select(i => KeyValuePair.Create($"k{i}", "v")),
        ];

        var customers = await host.Upsert(
            new CustomerUpdate("a", "", []),
            new CustomerUpdate("b", "", many),
            new CustomerUpdate("c", "", [])
        );
        var accounts = await host.Upsert(
            new AccountUpdate("a", 1, []),
            new AccountUpdate("b", 1, many),
            new AccountUpdate("c", 1, [])
        );

        Assert.All(
            [customers, accounts],
            result =>
            {
                Assert.Equal(2, result.Accepted);
                var rejection = Assert.Single(result.Rejections);
                Assert.Equal(
                    (1, RejectionReason.LimitExceeded, "attributes"),
                    (rejection.Index, rejection.Reason, rejection.Field)
                );
            }
        );
        Assert.Null(await host.Score("b"));
    }

    [Fact]
    public async Task An_account_at_the_limit_swaps_attributes_in_one_update()
    {
        await using var host = await Start();
        await host.Upsert(new AccountUpdate("a", 1, Keys(0, Limits.Attributes)));

        var result = await host.Upsert(
            new AccountUpdate("a", null, [new("k0", ""), new("k64", "x")]),
            new AccountUpdate("a", null, [new("k65", "x"), new("k1", "")]),
            new AccountUpdate("a", null, [new("k66", "x"), new("k1", "")]),
            new AccountUpdate("a", null, [new("k2", "changed")]),
            new AccountUpdate("a", null, [new("k3", ""), new("k4", "")]),
            new AccountUpdate("a", null, [new("k66", "x"), new("k67", "x")]),
            new AccountUpdate("a", null, [new("k68", "x")])
        );

        Assert.Equal([2, 6], result.Rejections.Select(r => r.Index));
        Assert.All(result.Rejections, r => Assert.Equal(RejectionReason.LimitExceeded, r.Reason));
    }

    [Fact]
    public async Task A_customer_at_the_limit_swaps_attributes_in_one_update()
    {
        await using var host = await Start();
        await host.Upsert(new CustomerUpdate("a", "", Keys(0, Limits.Attributes)));

        var result = await host.Upsert(
            new CustomerUpdate("a", "", [new("k0", ""), new("k64", "x")]),
            new CustomerUpdate("a", "", [new("k65", "x"), new("k1", "")]),
            new CustomerUpdate("a", "", [new("k66", "x"), new("k1", "")]),
            new CustomerUpdate("a", "", [new("k2", "")]),
            new CustomerUpdate("a", "", [new("k66", "x")])
        );

        Assert.Equal([2], result.Rejections.Select(r => r.Index));
        await host.CrashAndRestartAsync();
        Assert.Equal(Limits.Attributes, (await host.Score("a"))!.Attributes.Count);
    }

    private static KeyValuePair<string, string>[] Keys(int first, int count) =>
        [.. Enumerable.Range(first, count).Select(i => KeyValuePair.Create($"k{i}", "v"))];

    private static async Task AreRejected(BackendHost host)
    {
        var result = await host.Record(
            new Sample("a", "0", "type-0", Feature: "f-0"),
            new Sample("a", "late", "one-too-many"),
            new Sample("a", "later", "type-1", Feature: "one-too-many")
        );

        Assert.Equal((0, 1), (result.Accepted, result.Duplicates));
        Assert.Equal(
            [(1, RejectionReason.LimitExceeded, "type"), (2, RejectionReason.LimitExceeded, "feature")],
            result.Rejections.Select(r => (r.Index, r.Reason, r.Field))
        );
    }
}
