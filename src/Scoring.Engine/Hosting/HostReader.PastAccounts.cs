using Scoring.Core.Accounts;
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
            workspace,
            first,
            $"of account '{query.AccountId}'",
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
