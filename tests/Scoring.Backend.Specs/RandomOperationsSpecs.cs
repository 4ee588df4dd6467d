using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>Whatever happens in whatever order, a host answers as a dictionary of all events would.</summary>
public abstract class RandomOperationsSpecs(IBackendHosts hosts) : BackendSpecs(hosts)
{
    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    public async Task A_host_answers_as_a_naive_model_does(int seed)
    {
        var random = new Random(seed);
        await using var host = await Start(variant: seed);
        var naive = new NaiveModel();
        for (var step = 0; step < 60; step++)
        {
            await Step(host, naive, random);
            host.Clock.Advance(TimeSpan.FromSeconds(random.Next(100)));
        }
        await host.CrashAndRestartAsync();
        await AssertSame(host, naive);
    }

    private static async Task Step(BackendHost host, NaiveModel naive, Random random)
    {
        switch (random.Next(12))
        {
            case <= 2:
                await host.DisturbAsync(random);
                break;
            case 3:
                await AssertSame(host, naive);
                break;
            case 4:
                CustomerUpdate[] updates =
                [
                    .. Enumerable.Range(0, 5).Select(_ => Update(random, naive.Plans.Count / 2)),
                ];
                await host.Upsert(updates);
                naive.Upsert(updates, host.Now);
                break;
            default:
                Sample[] events = [.. Enumerable.Range(0, random.Next(1, 200)).Select(_ => Event(host, random))];
                var expected = naive.Record(events);
                var result = await host.Record(events);
                Assert.Equal(expected.Accepted + expected.Duplicates, result.Accepted + result.Duplicates);
                if (host.AnswersEveryCall)
                {
                    Assert.Equal(expected.Duplicates, result.Duplicates);
                }
                Assert.Equal(expected.Conflicts, result.Rejections.Select(r => r.Index));
                break;
        }
    }

    private static async Task AssertSame(BackendHost host, NaiveModel naive)
    {
        foreach (var (id, customer) in naive.Customers)
        {
            var score = await host.Score(id);
            Assert.NotNull(score);
            Assert.Equal(customer.Account, score.AccountId);
            Assert.Equal(customer.Plan is null ? [] : [new("plan", customer.Plan)], score.Attributes);
            foreach (var type in Samples.Types)
            {
                var quantity = score.Contributions.FirstOrDefault(c =>
                    c.Term is EventTerm { HalfLifeDays: 0 } t && t.EventType == type
                );
                Assert.Equal(customer.Counts.GetValueOrDefault(type), quantity?.Quantity ?? 0);
            }
        }
        await AssertSegment(host, "", [.. naive.Customers.Values]);
        foreach (var plan in naive.Plans)
        {
            NaiveCustomer[] members = [.. naive.Customers.Values.Where(c => c.Plan == plan)];
            await AssertSegment(host, $"plan = \"{plan}\"", members);
        }
    }

    private static async Task AssertSegment(BackendHost host, string filter, NaiveCustomer[] members)
    {
        var segment = await host.Segment(query => query with { Filter = Filter.Parse(filter), EventTotals = true });
        Assert.Equal(members.Length, segment.Customers);
        Assert.Equal(members.Sum(c => c.Counts.Values.Sum()), segment.EventTotals.Sum(t => t.Count));
        foreach (var total in segment.EventTotals)
        {
            Assert.Equal(members.Sum(c => c.Counts.GetValueOrDefault(total.EventType)), total.Count);
        }
        Assert.Equal(members.Length == 0 ? null : ActivityOf(members, segment.ReadTime.UtcDay), segment.Activity);
    }

    private static Activity ActivityOf(NaiveCustomer[] members, int today)
    {
        return new Activity(
            ActiveBetween(today, today),
            ActiveBetween(today - 6, today),
            ActiveBetween(today - 29, today),
            ActiveBetween(today - 30, today - 1),
            Enumerable.Range(today - 30, 30).Sum(day => ActiveBetween(day, day))
        );

        long ActiveBetween(int first, int last) =>
            members.Count(c => c.ActiveDays.Any(day => day >= first && day <= last));
    }

    private static Sample Event(BackendHost host, Random random) =>
        new(
            $"c{random.Next(80)}",
            random.Next(4) == 0 ? Unique(host) : $"{random.Next(60)}",
            Samples.Types[random.Next(Samples.Types.Count)],
            At: host.Now - TimeSpan.FromDays(random.Next(random.Next(4) == 0 ? 45 : 3)),
            Account: random.Next(6) == 0 ? $"a{random.Next(4)}" : ""
        );

    /// <summary>For an event that none other can be taken for.</summary>
    private static string? Unique(BackendHost host) => host.AnswersEveryCall ? null : $"{Guid.NewGuid()}";

    /// <summary>Plans come up and are given up.</summary>
    private static CustomerUpdate Update(Random random, int firstPlan) =>
        new(
            $"c{random.Next(100)}",
            random.Next(2) == 0 ? $"a{random.Next(4)}" : "",
            random.Next(2) == 0 ? [new("plan", random.Next(3) == 0 ? "" : $"p{firstPlan + random.Next(3)}")] : []
        );

    /// <summary>Remembers everything, forgets nothing.</summary>
    private sealed class NaiveModel
    {
        private readonly Dictionary<(string, string), Sample> _seen = [];

        public Dictionary<string, NaiveCustomer> Customers { get; } = [];

        /// <summary>All that there ever were.</summary>
        public HashSet<string> Plans { get; } = [];

        public (int Accepted, int Duplicates, List<int> Conflicts) Record(Sample[] events)
        {
            var (accepted, duplicates, conflicts) = (0, 0, new List<int>());
            for (var i = 0; i < events.Length; i++)
            {
                var item = events[i];
                if (item.Id is not null && !_seen.TryAdd((item.Customer, item.Id), item))
                {
                    if (_seen[(item.Customer, item.Id)] == item)
                    {
                        duplicates++;
                    }
                    else
                    {
                        conflicts.Add(i);
                    }
                    continue;
                }
                accepted++;
                var customer = Customer(item.Customer);
                customer.Counts[item.Type] = customer.Counts.GetValueOrDefault(item.Type) + 1;
                customer.ActiveDays.Add(item.At!.Value.UtcDay);
                customer.Assign(item.Account, item.At.Value);
            }
            return (accepted, duplicates, conflicts);
        }

        public void Upsert(CustomerUpdate[] updates, Instant now)
        {
            foreach (var update in updates)
            {
                var customer = Customer(update.CustomerId);
                customer.Assign(update.AccountId, now);
                foreach (var (_, value) in update.Attributes)
                {
                    customer.Plan = value.Length > 0 ? value : null;
                    if (value.Length > 0)
                    {
                        Plans.Add(value);
                    }
                }
            }
        }

        private NaiveCustomer Customer(string id)
        {
            if (!Customers.TryGetValue(id, out var customer))
            {
                customer = new NaiveCustomer();
                Customers.Add(id, customer);
            }
            return customer;
        }
    }

    private sealed class NaiveCustomer
    {
        private Instant _assignedAt = Instant.MinValue;

        public string Account { get; private set; } = "";

        public HashSet<int> ActiveDays { get; } = [];

        public void Assign(string account, Instant at)
        {
            if (account.Length > 0 && at >= _assignedAt)
            {
                (Account, _assignedAt) = (account, at);
            }
        }

        public string? Plan { get; set; }

        public Dictionary<string, int> Counts { get; } = [];
    }
}
