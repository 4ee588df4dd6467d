using Scoring.V1;

namespace Scoring.Cli.Simulation;

/// <summary>A believable population of a software service: who they are and what they do, day by day.</summary>
/// <remarks>
/// Activity is heavy-tailed (log-normal appetites), lower at weekends, rises while people learn the product, fades before some
/// leave; people of one account share their mood, so that accounts differ. Every customer has dice of its own: adding customers
/// changes nothing for the others.
/// </remarks>
internal sealed class SimulatedPopulation
{
    private const double CustomersPerAccount = 10;

    // Streams of dice by purpose; customers have theirs from 2^40 on.
    private const ulong AccountDice = 0;
    private const ulong SizeDice = 1UL << 32;
    private const ulong SeatDice = 1UL << 33;

    private readonly SimulationSettings _settings;

    public SimulatedPopulation(SimulationSettings settings)
    {
        _settings = settings;
        var (accounts, homes) = Settle(settings, [.. CreateAccounts(settings)]);
        Accounts = accounts;
        Customers = [.. homes.Select((home, i) => new SimulatedCustomer(settings, i, accounts[home]))];
    }

    public IReadOnlyList<SimulatedAccount> Accounts { get; }

    public IReadOnlyList<SimulatedCustomer> Customers { get; }

    /// <summary>About how many events there will be, for a progress bar.</summary>
    public long EventEstimate => (long)(_settings.Customers * _settings.Days * 1.75);

    /// <summary>The accounts with their seats.</summary>
    public IEnumerable<Account> ToAccounts() =>
        Accounts.Select(account => new Account
        {
            AccountId = account.Id,
            SeatCount = account.Seats,
            Attributes =
            {
                ["name"] = account.Name,
                ["plan"] = account.Plan,
                ["country"] = account.Country,
                ["industry"] = account.Industry,
            },
        });

    /// <summary>Everything that happens, day by day. Can be gone through once.</summary>
    public IEnumerable<Event> Live()
    {
        for (var day = 0; day < _settings.Days; day++)
        {
            foreach (var customer in Customers)
            {
                foreach (var item in customer.Live(day))
                {
                    if (item.OccurredAt.ToDateTimeOffset() <= _settings.Until)
                    {
                        yield return item;
                    }
                }
            }
        }
    }

    private static IEnumerable<SimulatedAccount> CreateAccounts(SimulationSettings settings)
    {
        var count = Math.Max(1, (int)Math.Round(settings.Customers / CustomersPerAccount));
        for (var i = 0; i < count; i++)
        {
            var dice = Of(settings, AccountDice, i);
            yield return new SimulatedAccount(
                $"acct-{i + 1:D4}",
                Market.Company(i),
                dice.Pick(Market.Plans),
                dice.Pick(Market.Countries),
                dice.Pick(Market.Industries),
                Seats: 0,
                Math.Clamp(0.1 + (0.55 * dice.NextNormal()), -1, 1)
            );
        }
    }

    /// <summary>Gives every customer an account and every account its seats: a few accounts are large, most are small.</summary>
    private static (SimulatedAccount[] Accounts, int[] Homes) Settle(
        SimulationSettings settings,
        SimulatedAccount[] accounts
    )
    {
        var sizes = accounts.Select((_, i) => Of(settings, SizeDice, i).NextLogNormal(1, 0.9)).ToArray();
        var homes = new int[settings.Customers];
        var members = new int[accounts.Length];
        var (account, filled, total) = (0, sizes[0], sizes.Sum());
        for (var i = 0; i < homes.Length; i++)
        {
            while (account < accounts.Length - 1 && (i + 0.5) / homes.Length * total > filled)
            {
                filled += sizes[++account];
            }

            homes[i] = account;
            members[account]++;
        }

        var seated = accounts.Select((a, i) => a with { Seats = Seats(members[i], Of(settings, SeatDice, i)) });
        return ([.. seated], homes);
    }

    private static int Seats(int members, Dice dice) =>
        Math.Max(1, (int)Math.Ceiling(members * (1 + (0.8 * dice.NextDouble()))));

    private static Dice Of(SimulationSettings settings, ulong purpose, int number) =>
        new(settings.Seed, purpose + (ulong)number);
}
