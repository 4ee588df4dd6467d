using System.Text;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Customers;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Hosting;

/// <content>One customer, one account.</content>
internal sealed partial class HostReader
{
    public HostAnswer<IReadOnlyList<CustomerDetails>> Customer(string workspaceName, string customerId)
    {
        var workspace = workspaces.Get(workspaceName);
        var home = workspace.Hash.Of(customerId);
        if (Open(home, workspace) is not { } partition)
        {
            return new(null, [home]);
        }
        IReadOnlyList<CustomerDetails> found = [];
        partition.Access.EnterToRead();
        try
        {
            var population = partition.Shares[workspace.Number].Population;
            if (population.Find(customerId) is var row and >= 0)
            {
                found = [population.Describe(row, Instant.Max(clock.Now, population.NewestEventOf(row)))];
            }
        }
        finally
        {
            partition.Access.ExitFromReading();
        }
        return Held(new HostAnswer<IReadOnlyList<CustomerDetails>>(found, []), [partition]);
    }

    public HostAnswer<IReadOnlyList<MergedCustomer?>> Merged(string workspaceName, IReadOnlyList<string> customerIds)
    {
        var workspace = workspaces.Get(workspaceName);
        var found = new MergedCustomer?[customerIds.Count];
        List<Partition> open = [];
        List<int> absent = [];
        foreach (var ofOne in Enumerable.Range(0, found.Length).GroupBy(i => workspace.Hash.Of(customerIds[i])))
        {
            if (Open(ofOne.Key, workspace) is not { } partition)
            {
                absent.Add(ofOne.Key);
                continue;
            }
            open.Add(partition);
            partition.Access.EnterToRead();
            try
            {
                foreach (var i in ofOne)
                {
                    found[i] = MergedOf(partition.Shares[workspace.Number].Population, customerIds[i]);
                }
            }
            finally
            {
                partition.Access.ExitFromReading();
            }
        }
        return Held(new HostAnswer<IReadOnlyList<MergedCustomer?>>(found, absent), [.. open]);
    }

    private static MergedCustomer? MergedOf(Population population, string customerId)
    {
        var row = population.FindId(Encoding.UTF8.GetBytes(customerId));
        if (population.SurvivorOf(row) is not { } survivor)
        {
            return null;
        }
        using var stored = new BlobWriter();
        if (!population.IsIdOnly(row))
        {
            population.Write(row, stored);
        }
        return new(survivor, stored.Written.ToArray());
    }

    public HostAnswer<IReadOnlyList<CustomerAdjustment>> Adjustments(AdjustmentSearch search)
    {
        var workspace = workspaces.Get(search.Query.Workspace);
        var open = Open(search.Partitions, workspace, out var absent);
        var found = new List<CustomerAdjustment>();
        foreach (var partition in open)
        {
            partition.Access.EnterToRead(scans: true);
            try
            {
                var some = partition.Shares[workspace.Number].Population.FindAdjustments(search.Query, search.Now);
                found.AddRange(CustomerAdjustment.First(some, search.Query.Count));
            }
            finally
            {
                partition.Access.ExitFromReading(scans: true);
            }
        }
        var first = CustomerAdjustment.First(found, search.Query.Count);
        return Held(new HostAnswer<IReadOnlyList<CustomerAdjustment>>(first, absent), open);
    }

    public HostAnswer<AccountDetails> Account(string workspaceName, string accountId, IReadOnlyList<int> asked)
    {
        var workspace = workspaces.Get(workspaceName);
        var open = Open(asked, workspace, out var absent);
        var customers = 0L;
        foreach (var partition in open)
        {
            partition.Access.EnterToRead();
            try
            {
                customers += partition.Shares[workspace.Number].Population.MembersOf(accountId);
            }
            finally
            {
                partition.Access.ExitFromReading();
            }
        }
        var account = Account(accountId, workspace, open);
        var found = new AccountDetails(
            accountId,
            account is not null,
            account?.Seats,
            account?.Attributes ?? [],
            customers
        );
        return Held(new HostAnswer<AccountDetails>(found, absent), open);
    }
}
