using Scoring.Cli.Simulation;
using Scoring.V1;

namespace Scoring.Cli.Tests.Simulation;

public sealed class SimulationSpecs
{
    private static readonly DateTimeOffset Until = new(2026, 6, 30, 15, 0, 0, TimeSpan.Zero);
    private static readonly SimulationSettings Settings = new(Customers: 1_000, Days: 90, Seed: 7, Until);
    private static readonly Lazy<List<Event>> Events = new(() => [.. new SimulatedPopulation(Settings).Live()]);

    [Fact]
    public void The_same_settings_give_the_same_events()
    {
        var again = new SimulatedPopulation(Settings).Live();

        Assert.Equal(Events.Value, again);
    }

    [Fact]
    public void Another_seed_gives_another_population()
    {
        var other = new SimulatedPopulation(Settings with { Seed = 8 }).Live().Take(1_000);

        Assert.NotEqual(Events.Value.Take(1_000), other);
    }

    [Fact]
    public void No_event_id_occurs_twice_for_a_customer() =>
        Assert.Equal(Events.Value.Count, Events.Value.DistinctBy(e => (e.CustomerId, e.EventId)).Count());

    [Fact]
    public void Events_lie_within_the_simulated_days() =>
        Assert.All(Events.Value, e => Assert.InRange(e.OccurredAt.ToDateTimeOffset(), Until.AddDays(-90), Until));

    [Fact]
    public void The_estimate_for_the_progress_bar_is_near_the_truth() =>
        Assert.InRange((double)Events.Value.Count / new SimulatedPopulation(Settings).EventEstimate, 0.8, 1.25);

    [Fact]
    public void A_tenth_of_the_customers_does_more_than_a_third_of_everything()
    {
        var counts = Events.Value.CountBy(e => e.CustomerId).Select(c => c.Value).OrderDescending().ToList();

        var top = counts.Take(Settings.Customers / 10).Sum();
        Assert.InRange((double)top / Events.Value.Count, 0.33, 0.7);
    }

    [Fact]
    public void Weekends_see_a_fraction_of_a_weekday()
    {
        var byDay = Events
            .Value.CountBy(e => e.OccurredAt.ToDateTime().DayOfWeek)
            .ToDictionary(c => c.Key, c => c.Value);

        Assert.True(byDay[DayOfWeek.Sunday] * 3 < byDay[DayOfWeek.Tuesday]);
        Assert.True(byDay[DayOfWeek.Saturday] * 3 < byDay[DayOfWeek.Tuesday]);
    }

    [Fact]
    public void Those_who_cancel_are_gone_afterwards()
    {
        var cancelled = Events
            .Value.Where(e => e.Type == "subscription_cancelled")
            .ToDictionary(e => e.CustomerId, e => e.OccurredAt.ToDateTime().Date);

        Assert.NotEmpty(cancelled);
        Assert.DoesNotContain(
            Events.Value,
            e => cancelled.TryGetValue(e.CustomerId, out var day) && e.OccurredAt.ToDateTime().Date > day
        );
    }

    [Fact]
    public void Newcomers_find_their_way_within_weeks()
    {
        var population = new SimulatedPopulation(Settings);
        var newcomers = population
            .Customers.Where(c => c.FirstDay is >= 0 and < 60)
            .ToDictionary(c => c.Id, c => c.FirstDay);
        var first = Settings.From.UtcDateTime;

        var ages = Events
            .Value.Where(e => newcomers.ContainsKey(e.CustomerId) && e.Type == "session_started")
            .Select(e => (e.OccurredAt.ToDateTime() - first).TotalDays - newcomers[e.CustomerId])
            .ToList();

        Assert.True(ages.Count(age => age is >= 0 and < 7) * 1.3 < ages.Count(age => age is >= 14 and < 21));
    }

    [Fact]
    public void Nothing_happens_before_a_customer_has_signed_up()
    {
        var signedUp = Events
            .Value.Where(e => e.Type == "subscription_started")
            .ToDictionary(e => e.CustomerId, e => e.OccurredAt.ToDateTime().Date);

        Assert.InRange(signedUp.Count, 150, 350);
        Assert.DoesNotContain(
            Events.Value,
            e => signedUp.TryGetValue(e.CustomerId, out var day) && e.OccurredAt.ToDateTime().Date < day
        );
    }

    [Fact]
    public void Accounts_have_several_customers_and_never_fewer_seats_than_customers()
    {
        var population = new SimulatedPopulation(Settings);
        var members = population.Customers.CountBy(c => c.Account.Id).ToDictionary(c => c.Key, c => c.Value);

        Assert.Equal(100, population.Accounts.Count);
        Assert.All(population.Accounts, account => Assert.True(account.Seats >= members.GetValueOrDefault(account.Id)));
        Assert.True(members.Values.Max() > 3 * members.Values.Order().ElementAt(members.Count / 2));
        Assert.Equal(population.Accounts.Count, population.Accounts.Select(a => a.Name).Distinct().Count());
    }

    [Fact]
    public void Paying_customers_do_more()
    {
        var population = new SimulatedPopulation(Settings);
        var plans = population.Customers.ToDictionary(c => c.Id, c => c.Account.Plan);
        var size = population.Customers.CountBy(c => c.Account.Plan).ToDictionary(c => c.Key, c => c.Value);

        var mean = Events
            .Value.CountBy(e => plans[e.CustomerId])
            .ToDictionary(c => c.Key, c => (double)c.Value / size[c.Key]);

        Assert.True(mean["free"] < mean["pro"]);
    }
}
