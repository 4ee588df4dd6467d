using System.Collections.Concurrent;
using Scoring.Cluster.Accounts;
using Scoring.Cluster.Customers;
using Scoring.Cluster.Front;
using Scoring.Cluster.Messages;
using Scoring.Cluster.Tests.Clusters;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Recording;
using Scoring.Core.Scores;

namespace Scoring.Cluster.Tests.Front;

/// <summary>What is for many customers or accounts is one call for each silo.</summary>
[Collection(OnThreeSilos.Name)]
public sealed class CallsBySiloSpecs(ThreeSilos cluster) : BackendSpecs(cluster)
{
    private const int Customers = 60;

    private static readonly string[] Ids = [.. Enumerable.Range(0, Customers).Select(i => $"c{i}")];

    private CustomerHomes Homes => new(cluster.Silos.Select(silo => silo.SiloAddress));

    [Fact]
    public async Task Customers_and_accounts_are_activated_on_their_homes()
    {
        await using var host = await Start();
        await host.Record(Batch("1"));
        await host.Upsert([.. Ids.Select(id => new AccountUpdate(id, 1, []))]);

        var grains = cluster.Service<IGrainFactory>(0);
        foreach (var id in Ids)
        {
            var customer = cluster.Service<CustomerGrains>(0).Get(host.Workspace, id);
            foreach (var grain in (IAddressable[])[customer, grains.GetAccount(host.Workspace, id)])
            {
                var silo = await grains.GetGrain<IManagementGrain>(0).GetActivationAddress(grain);
                Assert.Equal(Homes.Of(grain.GetGrainId()), silo);
            }
        }
    }

    [Fact]
    public async Task A_batch_reaches_customers_that_are_not_on_their_home()
    {
        await using var host = await Start();
        await host.Record(Batch("1"));
        // As many as were there move to other homes or stay behind at what is no longer theirs.
        await cluster.ReplaceAsync(0);

        Assert.Equal(Customers, (await host.Record(Batch("2"))).Accepted);
        Assert.Equal(Customers, (await host.Record(Batch("2"))).Duplicates);
        Assert.Equal(Enumerable.Repeat<double?>(2, Customers), (await host.Scores(null, Ids)).Select(CountOf));
    }

    [Fact]
    public async Task Many_scores_come_in_the_order_in_which_they_were_asked_for()
    {
        await using var host = await Start();
        await host.Record([
            .. Ids.SelectMany((id, i) => Enumerable.Range(0, 1 + i).Select(n => new Sample(id, $"{n}"))),
        ]);
        string[] asked = [.. Ids.Reverse(), "nobody", "c3", "c7", "c3"];

        var scores = await host.Scores(null, asked);

        Assert.Equal(asked.Select(id => id == "nobody" ? null : id), scores.Select(score => score?.CustomerId));
        Assert.Equal(
            asked.Select(id => id == "nobody" ? null : (double?)(1 + Array.IndexOf(Ids, id))),
            scores.Select(CountOf)
        );
        Assert.Equal((await host.Score("c59"))!.Points, scores[0]!.Points);
    }

    [Fact]
    public async Task The_last_of_several_changes_of_one_customer_or_account_in_a_call_is_the_one_that_stays()
    {
        await using var host = await Start();
        string[] plans = ["free", "pro", "team"];

        var customers = await host.Upsert([
            .. plans.SelectMany(plan => Ids.Select(id => new CustomerUpdate(id, "a", [new("plan", plan)]))),
        ]);
        var accounts = await host.Upsert([
            .. plans.SelectMany((plan, seats) => Ids.Select(id => new AccountUpdate(id, 5 + seats, []))),
        ]);

        Assert.Equal((3 * Customers, 3 * Customers), (customers.Accepted, accounts.Accepted));
        Assert.All(await host.Scores(null, Ids), score => Assert.Equal([new("plan", "team")], score!.Attributes));
        Assert.Equal(7, (await host.Health("c11")).Breadth.Seats);
    }

    [Fact]
    public async Task Each_other_silo_is_called_once_and_each_customer_of_the_own_silo()
    {
        var relayed = new ConcurrentBag<string[]>();
        var called = new ConcurrentBag<string>();
        var call = Call(called, parts => relayed.Add(parts));

        var answers = await cluster.Service<CallsBySilo>(0).WriteAsync(Ids, call, isRepeatable: _ => false);

        Assert.Equal(Enumerable.Range(0, Customers), answers.Select(answer => answer.Accepted));
        Assert.Equal(2, relayed.Count);
        Assert.All(relayed, parts => Assert.Single(parts.Select(HomeOf).Distinct()));
        Assert.All(called, id => Assert.Equal(cluster.Service<ILocalSiloDetails>(0).SiloAddress, HomeOf(id)));
        Assert.Equal(Ids.Order(), relayed.SelectMany(parts => parts).Concat(called).Order());
    }

    [Fact]
    public async Task A_single_customer_is_called_without_a_relay()
    {
        var called = new ConcurrentBag<string>();
        var call = Call(called, _ => Assert.Fail("The relay was called."));

        foreach (var id in Ids)
        {
            await cluster.Service<CallsBySilo>(0).ReadAsync([id], call);
        }

        Assert.Equal(Ids.Order(), called.Order());
    }

    [Fact]
    public async Task When_a_silo_does_not_answer_its_customers_are_called_again_and_no_others()
    {
        var lost = cluster.Service<ILocalSiloDetails>(1).SiloAddress;
        var called = new ConcurrentBag<string>();
        var call = Call(called, parts => FailFor(lost, parts));
        var front = cluster.Service<CallsBySilo>(0);
        var concerned = Ids.Where(id => HomeOf(id).Equals(lost)).Order().ToList();
        var own = Ids.Where(id => HomeOf(id).Equals(cluster.Service<ILocalSiloDetails>(0).SiloAddress));

        var written = await front.WriteAsync(Ids, call, isRepeatable: _ => true);
        Assert.Equal(concerned, called.Except(own).Order());
        called.Clear();
        var read = await front.ReadAsync(Ids, call);
        Assert.Equal(concerned, called.Except(own).Order());

        Assert.Equal(Enumerable.Range(0, Customers), written.Select(answer => answer.Accepted));
        Assert.Equal(Enumerable.Range(0, Customers), read.Select(answer => answer.Accepted));
    }

    [Fact]
    public async Task When_a_silo_does_not_answer_only_writes_to_its_customers_may_be_of_unknown_outcome()
    {
        var lost = cluster.Service<ILocalSiloDetails>(1).SiloAddress;
        var called = new ConcurrentBag<string>();
        var call = Call(called, parts => FailFor(lost, parts));
        var front = cluster.Service<CallsBySilo>(0);

        // Whatever is not of the lost silo need not be repeatable, since nothing of it is repeated.
        await front.WriteAsync(Ids, call, isRepeatable: id => HomeOf(id).Equals(lost));
        called.Clear();
        var refusal = await Refusal(() => front.WriteAsync(Ids, call, isRepeatable: id => !HomeOf(id).Equals(lost)));

        Assert.Equal(ScoringError.Unavailable, refusal.Error);
        Assert.Contains("unknown", refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain(called, id => HomeOf(id).Equals(lost));
    }

    [Fact]
    public async Task Scores_are_answered_and_changes_taken_while_a_silo_ends()
    {
        await using var host = await Start();
        await host.Record(Batch("1"));
        // That of a silo that stays.
        var front = cluster.Service<IScoringBackend>(1);
        var replaced = cluster.ReplaceAsync(0);

        for (var (round, last) = (0, false); !last; round++)
        {
            last = replaced.IsCompleted;
            CustomerUpdate[] updates = [.. Ids.Select(id => new CustomerUpdate(id, "", [new("round", $"{round}")]))];
            var changed = await front.UpsertCustomersAsync(host.Workspace, updates, BackendHost.Cancellation);
            var scores = await front.GetScoresAsync(
                new ScoreQuery(host.Workspace, Ids, "", null),
                BackendHost.Cancellation
            );

            Assert.Equal(Customers, changed.Accepted);
            Assert.Equal(Ids, scores.Select(score => score!.CustomerId));
            Assert.All(scores, score => Assert.Equal([new("round", $"{round}")], score!.Attributes));
        }
        await replaced;
    }

    [Fact]
    public async Task What_nobody_knows_the_outcome_of_is_sent_again_only_if_it_has_ids()
    {
        await using var host = await Start();
        var calls = cluster.Service<CustomerCalls>(0);
        var sent = 0;
        Func<Task<WriteAnswer>> call = () =>
        {
            sent++;
            return Task.FromResult(new WriteAnswer(WriteStatus.Done, 1, 0, []));
        };
        var now = System.Diagnostics.Stopwatch.GetTimestamp();

        await Assert.ThrowsAsync<ScoringException>(() =>
            calls.WriteAgainAsync(isRepeatable: false, call, WriteStatus.Unknown, now)
        );
        Assert.Equal(0, sent);
        Assert.Equal(1, (await calls.WriteAgainAsync(isRepeatable: true, call, WriteStatus.Unknown, now)).Accepted);
        Assert.Equal(1, (await calls.WriteAgainAsync(isRepeatable: false, call, WriteStatus.Gone, now)).Accepted);
        Assert.Equal(2, sent);
    }

    private static double? CountOf(CustomerScore? score) =>
        score?.Contributions.Where(c => c.Term.HalfLifeDays == 0).Sum(c => c.Quantity);

    private static Sample[] Batch(string id) => [.. Ids.Select((customer, i) => new Sample(customer, $"{id}-{i}"))];

    private static GrainId GrainOf(string id) => CustomerGrains.Id("default", id);

    private SiloAddress HomeOf(string id) => Homes.Of(GrainOf(id));

    private void FailFor(SiloAddress lost, string[] parts)
    {
        if (HomeOf(parts[0]).Equals(lost))
        {
            throw new TimeoutException("It does not answer.");
        }
    }

    /// <summary>A call that no grain gets; the answer is the number of the customer.</summary>
    private static PartedCall<string, WriteAnswer> Call(ConcurrentBag<string> called, Action<string[]> relay)
    {
        return new(
            GrainOf,
            id =>
            {
                called.Add(id);
                return Task.FromResult(Answer(id));
            },
            (_, parts) =>
            {
                relay(parts);
                return Task.FromResult(Array.ConvertAll(parts, Answer));
            }
        );

        static WriteAnswer Answer(string id) => new(WriteStatus.Done, Array.IndexOf(Ids, id), 0, []);
    }
}
