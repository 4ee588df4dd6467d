using Scoring.Core.Accounts;
using Scoring.Core.Customers;
using Scoring.Core.Time;

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
