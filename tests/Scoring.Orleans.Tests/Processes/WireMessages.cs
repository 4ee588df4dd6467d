using Google.Protobuf.WellKnownTypes;
using Google.Rpc;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Enum = System.Enum;

namespace Scoring.Cluster.Tests.Processes;

/// <summary>What a front says, in the words of the domain: the way back from what the front does.</summary>
internal static class WireMessages
{
    private const int NanosecondsPerTick = 100;

    public static Timestamp ToProto(Instant instant) => Timestamp.FromDateTimeOffset(instant.ToDateTimeOffset());

    public static ScoringException From(RpcException error)
    {
        var status = error.GetRpcStatus();
        var info = status?.GetDetail<ErrorInfo>();
        Assert.True(info is not null, $"{error.Status}");
        var field = status!.GetDetail<BadRequest>()?.FieldViolations[0].Field;
        var (kind, named) = info.Reason switch
        {
            "WORKSPACE_NOT_FOUND" => (ScoringError.WorkspaceNotFound, "workspace"),
            "CUSTOMER_NOT_FOUND" => (ScoringError.CustomerNotFound, "customer_id"),
            "ACCOUNT_NOT_FOUND" => (ScoringError.AccountNotFound, "account_id"),
            "MODEL_NOT_FOUND" => (ScoringError.ModelNotFound, "model"),
            "READ_TIME_BEFORE_NEWEST_EVENT" => (ScoringError.ReadTimeBeforeNewestEvent, "read_time"),
            "ETAG_MISMATCH" => (ScoringError.ModelVersionConflict, "model.etag"),
            "LIMIT_EXCEEDED" => (ScoringError.LimitExceeded, field),
            "OVERLOADED" => (ScoringError.Overloaded, null),
            "UNAVAILABLE" => (ScoringError.Unavailable, null),
            _ => (ScoringError.InvalidArgument, field),
        };
        return new(kind, error.Status.Detail, error)
        {
            Field = field ?? named,
            Subject = info.Metadata.Values.SingleOrDefault(),
            RetryAfter = status.GetDetail<RetryInfo>()?.RetryDelay.ToTimeSpan(),
        };
    }

    public static Rejection From(V1.Rejection rejection) =>
        new(rejection.Index, Same<RejectionReason>(rejection.Reason), rejection.Field, rejection.Message);

    public static CustomerScore From(V1.CustomerScore score) =>
        new()
        {
            CustomerId = score.CustomerId,
            AccountId = score.AccountId,
            Attributes = Ordered(score.Attributes),
            Points = score.Points,
            Score = score.Score,
            Band = score.Band,
            // The contract has no lifecycle yet.
            Lifecycle = Core.Lifecycles.Lifecycle.Active,
            Momentum = score.HasMomentum ? score.Momentum : null,
            Contributions =
            [
                .. score.Contributions.Select(c => new Contribution(
                    new Term(c.EventType, c.HalfLifeDays, Same<Measure>(c.Measure), c.Weight),
                    c.Quantity,
                    c.Points,
                    c.Capped
                )),
            ],
            NextBand = score.NextBand is { } next
                ? new(next.Band, next.FromScore, next.MissingPoints, next.Exclusive)
                : null,
            ModelName = score.ModelName,
            ModelVersion = score.ModelVersion,
            ReadTime = From(score.ReadTime),
            LastEventTime = score.LastEventTime is { } last ? From(last) : null,
        };

    public static SegmentStatistics From(V1.SegmentStats stats) =>
        new()
        {
            Customers = stats.CustomerCount,
            Lifecycles = [],
            Mean = stats.HasMean ? stats.Mean : null,
            StandardDeviation = stats.HasStandardDeviation ? stats.StandardDeviation : null,
            Min = stats.HasMin ? stats.Min : null,
            Max = stats.HasMax ? stats.Max : null,
            Percentiles = [.. stats.Percentiles.Select(p => new Percentile(p.Percentile_, p.Score))],
            Histogram =
            [
                .. stats.Histogram.Select(b => new HistogramBucket(
                    b.HasLowerBound ? b.LowerBound : null,
                    b.HasUpperBound ? b.UpperBound : null,
                    b.CustomerCount
                )),
            ],
            Bands = [.. stats.Bands.Select(From)],
            EngagementIndex = stats.EngagementIndex is { } index
                ? new(index.Engaged, index.SomewhatEngaged, index.NotEngaged)
                : null,
            Activity = stats.Activity is { } activity ? new(activity.Dau, activity.Wau, activity.Mau) : null,
            Top = [.. stats.TopCustomers.Select(From)],
            Bottom = [.. stats.BottomCustomers.Select(From)],
            EventTotals =
            [
                .. stats.EventTotals.Select(t => new EventTypeTotal(
                    t.EventType,
                    t.CustomerCount,
                    t.EventCount,
                    t.ValueSum
                )),
            ],
            ReadTime = From(stats.ReadTime),
            ModelName = stats.ModelName,
            ModelVersion = stats.ModelVersion,
            Lag = stats.Lag?.ToTimeSpan() ?? TimeSpan.Zero,
        };

    public static AccountHealth From(V1.AccountHealth health)
    {
        var days = (int)health.Window.ToTimeSpan().TotalDays;
        var found = new AccountHealth
        {
            AccountId = health.AccountId,
            Attributes = Ordered(health.Attributes),
            Customers = health.CustomerCount,
            Frequency = new(
                health.CustomerCount,
                health.Breadth.ActiveCustomerCount,
                health.Frequency.ActiveDayCount,
                days
            ),
            Breadth = new(
                health.Breadth.ActiveCustomerCount,
                health.Breadth.HasSeatCount ? health.Breadth.SeatCount : null
            ),
            Depth = new(health.CustomerCount, health.Depth.UsedFeatureCount, health.Depth.KeyFeatureCount),
            Growth = new(
                health.Growth.ActiveDayCount,
                health.Growth.PreviousActiveDayCount,
                    // The contract does not tell yet.
                    !health.HasScore ? AccountHistory.Never
                    : health.Growth.HasPartScore || health.Growth.ActiveDayCount == 0 ? AccountHistory.BeforePeriod
                    : AccountHistory.SincePeriod
            ),
            Bands = [.. health.Bands.Select(From)],
            WindowDays = days,
            ReadTime = From(health.ReadTime),
            ModelName = health.ModelName,
            ModelVersion = health.ModelVersion,
            Lag = health.Lag?.ToTimeSpan() ?? TimeSpan.Zero,
        };
        Assert.Equal(found.Score, health.HasScore ? health.Score : null);
        return found;
    }

    public static V1.ScoringModel ToProto(ScoringModel model)
    {
        var message = new V1.ScoringModel
        {
            Name = model.Name,
            Etag = model.Version == 0 ? "" : $"v{model.Version}",
            Description = model.Description,
            TargetPoints = model.TargetPoints,
        };
        message.Terms.Add(
            model.Terms.Select(term => new V1.Term
            {
                EventType = term.EventType,
                HalfLifeDays = term.HalfLifeDays,
                Weight = term.Weight,
                Measure = Same<V1.Measure>(term.Measure),
            })
        );
        message.Bands.Add(
            model.Bands.Select(band =>
            {
                var sent = new V1.Band
                {
                    Name = band.Name,
                    Title = band.Title,
                    Engagement = Same<V1.Engagement>(band.Engagement),
                };
                if (band.UpperEnd is { } end)
                {
                    Assert.True(band.UpperEndIncluded);
                    sent.AtMost = end;
                }
                return sent;
            })
        );
        return message;
    }

    public static ScoringModel From(V1.ScoringModel model) =>
        new()
        {
            Name = model.Name,
            Version = model.Version,
            Description = model.Description,
            TargetPoints = model.TargetPoints,
            UpdateTime = From(model.UpdateTime),
            Terms =
            [
                .. model.Terms.Select(term => new Term(
                    term.EventType,
                    term.HalfLifeDays,
                    Same<Measure>(term.Measure),
                    term.Weight
                )),
            ],
            Bands =
            [
                .. model.Bands.Select(band => new Band(
                    band.Name,
                    band.Title,
                    Same<Engagement>(band.Engagement),
                    band.HasAtMost ? band.AtMost : null,
                    band.HasAtMost
                )),
            ],
        };

    private static Instant From(Timestamp timestamp) =>
        new((timestamp.Seconds * TimeSpan.TicksPerSecond) + (timestamp.Nanos / NanosecondsPerTick));

    private static BandCount From(V1.BandCount count) =>
        new(count.Band, count.CustomerCount, count.HasShare ? count.Share : null);

    private static RankedCustomer From(V1.RankedCustomer ranked) =>
        new(ranked.CustomerId, ranked.Score)
        {
            AccountId = ranked.AccountId,
            Lifecycle = Core.Lifecycles.Lifecycle.Active,
        };

    private static KeyValuePair<string, string>[] Ordered(IEnumerable<KeyValuePair<string, string>> attributes) =>
        [.. attributes.OrderBy(attribute => attribute.Key, StringComparer.Ordinal)];

    /// <summary>The value of the same name.</summary>
    private static T Same<T>(Enum value)
        where T : struct, Enum => Enum.Parse<T>(value.ToString());
}
