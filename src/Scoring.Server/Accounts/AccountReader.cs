using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Accounts;

/// <summary>Answers for an account.</summary>
internal sealed class AccountReader(IScoringBackend backend, WorkspaceCatalog workspaces)
{
    private const int DefaultWindowDays = 30;
    private const long SecondsPerDay = 86_400;

    public async Task<V1.AccountHealth> GetAsync(V1.GetAccountHealthRequest request, ServerCallContext context)
    {
        var query = Read(request, context);
        return AccountMessages.ToProto(await backend.GetAccountHealthAsync(query, context.CancellationToken));
    }

    private AccountHealthQuery Read(V1.GetAccountHealthRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(TextRules.CheckSought(request.AccountId, "account_id", Limits.IdBytes));
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        var days = ReadWindow(request.Window);
        var readTime = Instants.ReadTime(request.ReadTime);
        return new AccountHealthQuery(workspace, request.AccountId, days, model, readTime);
    }

    /// <summary>The days of a window; 30 where there is none.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it is not so many whole days.</exception>
    public static int ReadWindow(Duration? window)
    {
        if (window is null)
        {
            return DefaultWindowDays;
        }
        var isWhole = window.Nanos == 0 && window.Seconds % SecondsPerDay == 0;
        return isWhole && window.Seconds is >= SecondsPerDay and <= Limits.HealthWindowDays * SecondsPerDay
            ? (int)(window.Seconds / SecondsPerDay)
            : throw CallErrors.From(
                FieldFault.Invalid(
                    "window",
                    $"must be whole days, 1 to {Limits.HealthWindowDays}: {SecondsPerDay}s is one day"
                )
            );
    }
}
