using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.History;
using Scoring.Server.Accounts;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.History;

/// <summary>Tells of an account's past.</summary>
internal sealed class AccountHistoryReader(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    AnswerLimit limit,
    HistoryTimeReader times
)
{
    public async Task<V1.AccountHealthHistory> GetAsync(
        V1.GetAccountHealthHistoryRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(TextRules.CheckSought(request.AccountId, "account_id", Limits.IdBytes));
        var account = new AccountHealthQuery(
            workspace,
            request.AccountId,
            AccountReader.ReadWindow(request.Window),
            ModelSelection.Read(request.Model, request.ModelVersion),
            ReadTime: null
        );
        var now = times.Now;
        var points = times.ReadPoints(request.Period, request.StartTime, request.EndTime, now);
        var query = new AccountHealthHistoryQuery(account, points, times.ReadKnownAt(request.KnownAt, now));
        var history = await HistoryTimeReader.AskAsync(
            () => backend.GetAccountHealthHistoryAsync(query, context.CancellationToken),
            points[0],
            query.KnownAt
        );
        return limit.Check(
            AccountHistoryMessages.ToProto(account, history),
            "start_time",
            _ => "ask for a later start_time, or for points that lie further apart"
        );
    }
}
