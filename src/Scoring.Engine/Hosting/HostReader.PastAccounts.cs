using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.History;
using Scoring.Core.Time;
using Scoring.Engine.Archive;
using Scoring.Engine.Partitions;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <content>What archives hold of accounts.</content>
internal sealed partial class HostReader
{
    /// <summary>Tallies an account at each of some instants.</summary>
    public HostAnswer<PastAccountTallies> TallyPast(PastAccountQuestion question)
    {
        var (query, times) = (question.Query.Query, question.Query.Times);
        if (!TryFind(query.Workspace, query.Model, question.ModelVersion, out var workspace, out var model))
        {
            return new(null, [], HasOtherModel: true);
        }
        var open = Open(question.Partitions, workspace, out var absent);
        if (open.Length == 0)
        {
            return new(null, absent);
        }
        var first = FirstOf(times, question.Query.KnownAt);
        var account = PastOfAccount(query.AccountId, workspace, open, first);
        var found = OfEveryone(
            open,
            partition => EveryoneOf(partition, workspace, first, $"of account '{query.AccountId}'"),
            everyone =>
            {
                var scan = new PastAccountScan(question.Query, model, workspace.Settings);
                foreach (var past in everyone)
                {
                    scan.Add(past);
                }
                return scan.End();
            }
        );
        AccountTally[] tallies =
        [
            .. times.Select((_, i) => AccountTally.Merge(Array.ConvertAll(found, tallies => tallies[i]))),
        ];
        return Held(new HostAnswer<PastAccountTallies>(new(tallies, account), absent), open);
    }

    /// <summary>Brings an account from one instant to another.</summary>
    public HostAnswer<AccountChangeFound> TallyChange(AccountChangeQuestion question)
    {
        var query = question.Query;
        var (workspaceName, accountId) = (query.Query.Workspace, query.Query.AccountId);
        if (!TryFind(workspaceName, query.Query.Model, question.ModelVersion, out var workspace, out var model))
        {
            return new(null, [], HasOtherModel: true);
        }
        var open = Open(question.Partitions, workspace, out var absent);
        if (open.Length == 0)
        {
            return new(null, absent);
        }
        var first = FirstOf([query.From], query.KnownAt);
        var account = PastOfAccount(accountId, workspace, open, first);
        var found = OfEveryone(
            open,
            partition => EveryoneOf(partition, workspace, first, $"of account '{accountId}'"),
            everyone =>
            {
                var scan = new AccountChangeScan(query, model, workspace.Settings);
                foreach (var past in everyone)
                {
                    scan.Add(past);
                }
                return scan.End();
            }
        );
        return Held(new HostAnswer<AccountChangeFound>(new(AccountChangeTally.Merge(found), account), absent), open);
    }

    /// <summary>Looks at every account of the partitions as it was at some instants.</summary>
    public HostAnswer<IReadOnlyList<PastAccountMatch>> PastAccounts(PastAccountSearch search)
    {
        var workspace = workspaces.Get(search.Workspace);
        var open = Open(search.Partitions, workspace, out var absent);
        var first = FirstOf(search.Times, search.KnownAt);
        var found = OfEveryone(
            open,
            partition => AccountsOf(partition, workspace, first),
            accounts => accounts.Select(past => Match(past, search)).OfType<PastAccountMatch>().ToList()
        );
        return Held(
            new HostAnswer<IReadOnlyList<PastAccountMatch>>([.. found.SelectMany(matches => matches)], absent),
            open
        );
    }

    private static PastBlock AccountsOf(Partition partition, EngineWorkspace workspace, Instant first)
    {
        partition.Access.EnterToRead(scans: true);
        try
        {
            var share = partition.Shares[workspace.Number];
            var archive = share.Archive ?? throw Refusals.NoHistory();
            HistoryStart.ThrowIfBefore(first, archive.Contents.AccountsSince, "read_time", "of accounts");
            var rows = Enumerable.Range(0, share.Accounts.Rows);
            return new(archive, AccountRows.First, [.. rows.Select(row => share.Accounts[row]?.AccountId ?? "")]);
        }
        finally
        {
            partition.Access.ExitFromReading(scans: true);
        }
    }

    /// <summary>At which instants an account met which conditions; null for none.</summary>
    private static PastAccountMatch? Match(CustomerPast past, PastAccountSearch search)
    {
        var replay = new AccountReplay(new(past.CustomerId, past.CompleteSince, past.Changes), search.KnownAt);
        var met = new ulong[search.Conditions.Count];
        for (var time = 0; time < search.Times.Count; time++)
        {
            replay.MoveTo(search.Times[time]);
            for (var i = 0; i < met.Length; i++)
            {
                met[i] |= replay.Record?.Meets(search.Conditions[i]) == true ? 1UL << time : 0;
            }
        }
        return Array.TrueForAll(met, times => times == 0) ? null : new(past.CustomerId, met);
    }

    /// <summary>The past of an account whose own partition is here; null when it is not.</summary>
    private AccountPast? PastOfAccount(string accountId, EngineWorkspace workspace, Partition[] open, Instant first)
    {
        if (Array.Find(open, partition => partition.Index == workspace.Hash.Of(accountId)) is not { } home)
        {
            return null;
        }
        var past = Past(home, workspace, Capture);
        return new(accountId, past?.CompleteSince ?? Instant.MinValue, past?.Changes ?? []);

        PastCapture? Capture(WorkspaceShare share, ShareArchive archive)
        {
            HistoryStart.ThrowIfBefore(first, archive.Contents.AccountsSince, "read_time", $"of account '{accountId}'");
            return share.Accounts.Find(accountId) is var row and >= 0
                ? new(archive, AccountRows.Of(row), accountId, digest: 0)
                : null;
        }
    }
}
