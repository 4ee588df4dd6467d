using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Time;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.History;

/// <summary>Tells of a customer's past.</summary>
internal sealed class HistoryReader(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    AnswerLimit limit,
    FrontOptions options,
    TimeProvider time
)
{
    public async Task<V1.ScoreHistory> GetAsync(V1.GetScoreHistoryRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(TextRules.CheckSought(request.CustomerId, "customer_id", Limits.IdBytes));
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        var now = Instant.From(time.GetUtcNow());
        var times = ReadTimes(request, now);
        // Nothing was received later than now.
        var knownAt = ReadPast(request.KnownAt, "known_at", now) is { } at && at < now ? at : default(Instant?);
        var history = await backend.GetScoreHistoryAsync(
            new ScoreHistoryQuery(workspace, request.CustomerId, model, times, knownAt),
            context.CancellationToken
        );
        return HistoryMessages.ToProto(history ?? throw Refusals.CustomerNotFound(request.CustomerId, workspace));
    }

    public async Task<V1.ExplainScoreChangeResponse> ExplainAsync(
        V1.ExplainScoreChangeRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(
            TextRules.CheckSought(request.CustomerId, "customer_id", Limits.IdBytes),
            ModelSelection.CheckVersion(request.FromModelVersion, "from_model_version")
        );
        var model = ModelSelection.Read(request.Model, request.ModelVersion);
        var now = Instant.From(time.GetUtcNow());
        var end = ReadPast(request.EndTime, "end_time", now);
        var to = end ?? now;
        var from =
            ReadPast(request.StartTime, "start_time", now) ?? throw CallErrors.From(TextRules.Missing("start_time"));
        if (from >= to)
        {
            throw CallErrors.From(FieldFault.Invalid("start_time", $"must lie before end_time, {to}: it is {from}"));
        }
        var fromModel =
            request.FromModelVersion == 0 ? "" : new ModelReference(request.Model, request.FromModelVersion).ToString();
        var change = await backend.ExplainScoreChangeAsync(
            new ScoreChangeQuery(workspace, request.CustomerId, model, fromModel, from, to),
            context.CancellationToken
        );
        if (change is null)
        {
            throw end is null
                ? Refusals.CustomerNotFound(request.CustomerId, workspace)
                : Refusals.CustomerNotKnownAt(request.CustomerId, workspace, to);
        }
        return limit.Check(
            HistoryMessages.ToProto(change),
            "start_time",
            _ => "ask for a later start_time, or set the setting MaxMessageBytes higher"
        );
    }

    private IReadOnlyList<Instant> ReadTimes(V1.GetScoreHistoryRequest request, Instant now)
    {
        var period = ReadPeriod(request.Period);
        var end = ReadPast(request.EndTime, "end_time", now) ?? now;
        var start = ReadPast(request.StartTime, "start_time", now) ?? HistoryTimes.DefaultStart(period, end);
        if (start > end)
        {
            throw CallErrors.From(
                FieldFault.Invalid("start_time", $"must not lie after end_time, {end}: it is {start}")
            );
        }
        var times = HistoryTimes.Between(period, start, end, Limits.HistoryPoints + 1);
        return times.Count <= Limits.HistoryPoints
            ? times
            : throw CallErrors.From(
                FieldFault.Invalid(
                    "start_time",
                    $"must not lie before {times[1]}: it is {start}, and a history has {Limits.HistoryPoints:N0} points at the most; begin it there, or ask for points that lie further apart"
                )
            );
    }

    private static HistoryPeriod ReadPeriod(V1.HistoryPeriod period) =>
        period switch
        {
            V1.HistoryPeriod.Unspecified or V1.HistoryPeriod.Day => HistoryPeriod.Day,
            V1.HistoryPeriod.Week => HistoryPeriod.Week,
            V1.HistoryPeriod.Month => HistoryPeriod.Month,
            _ => throw CallErrors.From(
                FieldFault.Invalid("period", "must be HISTORY_PERIOD_DAY, HISTORY_PERIOD_WEEK or HISTORY_PERIOD_MONTH")
            ),
        };

    /// <summary>Reads an instant that does not lie in the future; null when it is absent. Whose clock runs ahead by no more than the tolerated skew means now.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it does.</exception>
    private Instant? ReadPast(Timestamp? timestamp, string field, Instant now)
    {
        if (timestamp is null)
        {
            return null;
        }
        CallErrors.ThrowIf(Instants.Read(timestamp, field, out var instant));
        return instant <= now + options.MaxFutureSkew
            ? (instant < now ? instant : now)
            : throw CallErrors.From(
                FieldFault.Invalid(
                    field,
                    $"must not lie in the future: it is {instant}, and the server's clock says {now}"
                )
            );
    }
}
