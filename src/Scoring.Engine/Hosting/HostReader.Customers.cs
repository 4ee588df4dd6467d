using System.Text;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Customers;
using Scoring.Core.Populations;
using Scoring.Core.Time;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Hosting;

/// <content>One customer, one account.</content>
internal sealed partial class HostReader
{
    public HostAnswer<IReadOnlyList<CustomerDetails>> Customer(string workspaceName, string customerId) =>
        OfOne(
            workspaceName,
            customerId,
            population =>
                population.Find(customerId) is var row and >= 0
                    ? population.Describe(row, Instant.Max(clock.Now, population.NewestEventOf(row)))
                    : null
        );

    public HostAnswer<IReadOnlyList<MergedCustomer>> Merged(string workspaceName, string customerId) =>
        OfOne(
            workspaceName,
            customerId,
            population =>
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
                return new MergedCustomer(survivor, stored.Written.ToArray());
            }
        );

    /// <summary>What one population says of a customer, as a list; empty for nothing.</summary>
    private HostAnswer<IReadOnlyList<T>> OfOne<T>(string workspaceName, string customerId, Func<Population, T?> read)
        where T : class
    {
        var workspace = workspaces.Get(workspaceName);
        var home = workspace.Hash.Of(customerId);
        if (Open(home, workspace) is not { } partition)
        {
            return new(null, [home]);
        }
        T? found;
        partition.Access.EnterToRead();
        try
        {
            found = read(partition.Shares[workspace.Number].Population);
        }
        finally
        {
            partition.Access.ExitFromReading();
        }
        return Held(new HostAnswer<IReadOnlyList<T>>(found is null ? [] : [found], []), [partition]);
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
