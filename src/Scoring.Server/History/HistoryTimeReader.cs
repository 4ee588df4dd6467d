using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.History;
using Scoring.Core.Time;
using Scoring.Server.Errors;
using Scoring.Server.Fields;

namespace Scoring.Server.History;

/// <summary>Reads the instants that questions of the past are about.</summary>
internal sealed class HistoryTimeReader(FrontOptions options, TimeProvider time)
{
    /// <summary>What the clock says.</summary>
    public Instant Now => Instant.From(time.GetUtcNow());

    /// <summary>Reads at which instants a history tells something: at least one, rising.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: a field is bad, or there were more than <see cref="Limits.HistoryPoints"/>.</exception>
    public IReadOnlyList<Instant> ReadPoints(
        V1.HistoryPeriod periodField,
        Timestamp? startTime,
        Timestamp? endTime,
        Instant now
    )
    {
        var period = ReadPeriod(periodField);
        var end = ReadPast(endTime, "end_time", now) ?? now;
        var start = ReadPast(startTime, "start_time", now) ?? HistoryTimes.DefaultStart(period, end);
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

    /// <summary>Reads the two instants that something changed between.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: a field is bad, or the first instant does not lie before the second one.</exception>
    public (Instant From, Instant To) ReadSpan(Timestamp? startTime, Timestamp? endTime, Instant now)
    {
        var to = ReadPast(endTime, "end_time", now) ?? now;
        var from = ReadPast(startTime, "start_time", now) ?? throw CallErrors.From(TextRules.Missing("start_time"));
        return from < to
            ? (from, to)
            : throw CallErrors.From(FieldFault.Invalid("start_time", $"must lie before end_time, {to}: it is {from}"));
    }

    /// <summary>Reads what was received by when counts; null for all, since nothing was received later than now.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it lies in the future.</exception>
    public Instant? ReadKnownAt(Timestamp? knownAt, Instant now) =>
        ReadPast(knownAt, "known_at", now) is { } at && at < now ? at : null;

    /// <summary>Reads an instant that does not lie in the future; null when it is absent. Whose clock runs ahead by no more than the tolerated skew means now.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT: it does.</exception>
    public Instant? ReadPast(Timestamp? timestamp, string field, Instant now)
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

    /// <summary>Asks a backend of instants from one on. It speaks of one instant, so an instant that is not kept is refused by the field that asks for it.</summary>
    public static async Task<T> AskAsync<T>(Func<ValueTask<T>> ask, Instant start, Instant? knownAt)
    {
        try
        {
            return await ask();
        }
        catch (ScoringException refusal) when (refusal.Error == ScoringError.BeforeHistory)
        {
            throw new ScoringException(refusal.Error, refusal.Message, refusal)
            {
                Field = knownAt < start ? "known_at" : "start_time",
                Subject = refusal.Subject,
            };
        }
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
}
