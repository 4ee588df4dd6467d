using Scoring.Core.Recording;

namespace Scoring.Backend.Specs;

/// <summary>What happens to a few customers and accounts at random.</summary>
internal static class AccountHappenings
{
    private static readonly string[] People = [.. Enumerable.Range(0, 8).Select(i => $"c-{i}")];
    private static readonly string[] Features = ["", "export", "search", "share"];

    /// <summary>The accounts.</summary>
    public static IReadOnlyList<string> Accounts { get; } = ["acme", "globex", "initech"];

    /// <summary>Has one thing happen, and notes it.</summary>
    public static async Task HappenAsync(BackendHost host, NaiveAccounts naive, Random random)
    {
        var customer = People[random.Next(People.Length)];
        var account = Accounts[random.Next(Accounts.Count)];
        switch (random.Next(14))
        {
            case 0:
                await host.Delete(naive.SurvivorOf(customer));
                naive.Delete(naive.SurvivorOf(customer));
                break;
            case 1 when naive.SurvivorOf(customer) == customer:
                await host.Upsert(new CustomerUpdate(customer, account, []));
                naive.Move(customer, account, host.Now);
                break;
            case 2 or 3 or 4:
                var update = new AccountUpdate(
                    account,
                    random.Next(2) == 0 ? null : random.Next(1, 9),
                    [new($"key{random.Next(3)}", random.Next(3) == 0 ? "" : $"{random.Next(5)}")]
                );
                await host.Upsert(update);
                naive.Upsert(update, host.Now);
                break;
            case 5 when naive.Customers is { Count: > 1 } known && random.Next(2) == 0:
                var two = random.GetItems([.. known], 2);
                if (two[0] != two[1])
                {
                    await host.Merge(two[0], two[1]);
                    naive.Merge(two[0], two[1], host.Now);
                }
                break;
            case 6 when random.Next(3) == 0:
                await host.DeleteAccount(account, releaseCustomers: true);
                naive.DeleteAccount(account, host.Now);
                break;
            default:
                Sample[] events = [.. Enumerable.Range(0, random.Next(1, 8)).Select(_ => Event(host, random))];
                await host.Record(events);
                Array.ForEach(events, item => naive.Record(item, host.Now));
                break;
        }
    }

    /// <summary>One of the last days, or one that comes weeks late.</summary>
    private static Sample Event(BackendHost host, Random random) =>
        new(
            People[random.Next(People.Length)],
            $"{Guid.NewGuid()}",
            Samples.Types[random.Next(Samples.Types.Count)],
            1,
            host.Now - TimeSpan.FromMinutes(random.Next(random.Next(3) == 0 ? 60_000 : 2_000)),
            Features[random.Next(Features.Length)],
            random.Next(2) == 0 ? Accounts[random.Next(Accounts.Count)] : ""
        );
}
