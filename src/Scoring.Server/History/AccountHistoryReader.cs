using Google.Protobuf.WellKnownTypes;
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
        var account = ReadAccount(
            workspaces.Find(request.Workspace, context).Name,
            request.AccountId,
            request.Window,
            ModelSelection.Read(request.Model, request.ModelVersion)
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

    public async Task<V1.ExplainAccountHealthChangeResponse> ExplainAsync(
        V1.ExplainAccountHealthChangeRequest request,
        ServerCallContext context
    )
    {
        var account = ReadAccount(
            workspaces.Find(request.Workspace, context).Name,
            request.AccountId,
            request.Window,
            ModelSelection.Read(request.Model, request.ModelVersion)
        );
        var now = times.Now;
        var (from, to) = times.ReadSpan(request.StartTime, request.EndTime, now);
        var query = new AccountHealthChangeQuery(account, from, to, times.ReadKnownAt(request.KnownAt, now));
        var change = await HistoryTimeReader.AskAsync(
            () => backend.ExplainAccountHealthChangeAsync(query, context.CancellationToken),
            query.From,
            query.KnownAt
        );
        return limit.Check(
            AccountChangeMessages.ToProto(query, change),
            "start_time",
            _ => "ask for a later start_time, or set the setting MaxMessageBytes higher"
        );
    }

    private static AccountHealthQuery ReadAccount(string workspace, string accountId, Duration? window, string model)
    {
        CallErrors.ThrowIf(TextRules.CheckSought(accountId, "account_id", Limits.IdBytes));
        return new(workspace, accountId, AccountReader.ReadWindow(window), model, ReadTime: null);
    }
}
