using System.Net;
using System.Text.Json;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.History;
using Scoring.Core.Lifecycles;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Server.Tests.History;

/// <summary>What was true of a segment, by gRPC and by REST.</summary>
public sealed class SegmentHistoryTests
{
    /// <summary>Everything that a point may tell.</summary>
    private static readonly SegmentStatistics Full = Past.Nobody with
    {
        Customers = 3_000_000_000,
        Mean = 41.5,
        Percentiles = [new(25, 20), new(50, 40.5), new(75, 60)],
        Bands = [new("low", 1, 0.25), new("high", 3, 0.75)],
        Lifecycles = [new(Lifecycle.Active, 4, 1)],
        EngagementIndex = new(75, 5, 20),
        Activity = new(1, 2, 3, CompleteMonthlyActive: 4, CompleteActiveDays: 30),
        ReadTime = Past.Now,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_history_is_given_point_by_point_and_what_is_unknown_is_absent()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnSegmentHistory = _ => [Past.Nobody, Full];

        var history = await Past.Client(front).GetSegmentHistoryAsync(new(), cancellationToken: Token);

        Assert.Equal(
            new V1.SegmentHistory
            {
                ModelName = "engagement",
                ModelVersion = 4,
                Points =
                {
                    new V1.SegmentPoint
                    {
                        Time = Past.At(Past.Before),
                        Bands =
                        {
                            new V1.BandCount { Band = "low" },
                            new V1.BandCount { Band = "high" },
                        },
                    },
                    new V1.SegmentPoint
                    {
                        Time = Past.At(Past.Now),
                        CustomerCount = 3_000_000_000,
                        Mean = 41.5,
                        Percentiles =
                        {
                            new V1.Percentile { Percentile_ = 25, Score = 20 },
                            new V1.Percentile { Percentile_ = 50, Score = 40.5 },
                            new V1.Percentile { Percentile_ = 75, Score = 60 },
                        },
                        Bands =
                        {
                            new V1.BandCount
                            {
                                Band = "low",
                                CustomerCount = 1,
                                Share = 0.25,
                            },
                            new V1.BandCount
                            {
                                Band = "high",
                                CustomerCount = 3,
                                Share = 0.75,
                            },
                        },
                        EngagementIndex = new V1.EngagementIndex
                        {
                            Engaged = 75,
                            SomewhatEngaged = 5,
                            NotEngaged = 20,
                        },
                        Activity = new V1.Activity
                        {
                            Dau = 1,
                            Wau = 2,
                            Mau = 3,
                            CompleteDaysMeanDau = 1,
                            CompleteDaysMau = 4,
                            Stickiness = 0.25,
                            StickinessToday = 1.0 / 3,
                        },
                        Lifecycles =
                        {
                            new V1.LifecycleCount
                            {
                                Lifecycle = V1.Lifecycle.Active,
                                CustomerCount = 4,
                                Share = 1,
                            },
                        },
                    },
                },
            },
            history
        );
        Assert.False(history.Points[0].HasMean);
    }

    [Fact]
    public async Task The_trend_is_that_of_the_means_at_which_there_were_customers()
    {
        await using var front = await Front.StartAsync();
        // A day apart; the first is of nobody.
        SegmentStatistics[] points =
        [
            Past.Nobody with
            {
                ReadTime = Past.Now - TimeSpan.FromDays(9),
            },
            .. new[] { 10.0, 30, 40 }.Select(
                (mean, i) => Full with { Mean = mean, ReadTime = Past.Now + TimeSpan.FromDays(i - 3) }
            ),
        ];
        front.Backend.OnSegmentHistory = _ => points;
        var three = await Past.Client(front).GetSegmentHistoryAsync(new(), cancellationToken: Token);
        front.Backend.OnSegmentHistory = _ => points[..3];
        var two = await Past.Client(front).GetSegmentHistoryAsync(new(), cancellationToken: Token);

        // The residuals are 5/3, 10/3 and 5/3; Student's t of one degree of freedom is 12.7062.
        var margin = 12.7062047 * Math.Sqrt(50.0 / 3 / 2);
        Assert.Equal(15, three.Trend.SlopePerDay, 1e-9);
        Assert.Equal((15 - margin, 15 + margin), (three.Trend.LowerBound, three.Trend.UpperBound), Near);
        Assert.Null(two.Trend);

        static bool Near((double, double) one, (double, double) other) =>
            Math.Abs(one.Item1 - other.Item1) < 1e-5 && Math.Abs(one.Item2 - other.Item2) < 1e-5;
    }

    [Fact]
    public async Task A_history_that_is_larger_than_a_message_may_be_is_refused_with_what_to_ask_for()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 262_144 });
        var point = Full with
        {
            Bands = [.. Enumerable.Range(0, Limits.Bands).Select(i => new BandCount($"{i:D64}", 1, 0.1))],
        };
        front.Backend.OnSegmentHistory = query => [.. query.Times.Select(_ => point)];

        var failure = await Past.FailAsync(
            front,
            new V1.GetSegmentHistoryRequest { StartTime = Past.At("2024-01-01T00:00:00Z") }
        );

        Assert.Equal((StatusCode.InvalidArgument, "ANSWER_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["start_time"], failure.Fields);
        Assert.Contains("a later start_time, or for points that lie further apart", failure.Message);
    }

    [Fact]
    public async Task What_is_not_kept_is_out_of_range_by_the_field_that_asks_for_it()
    {
        await using var front = await Front.StartAsync();
        var since = Past.Now - TimeSpan.FromDays(3);
        front.Backend.OnSegmentHistory = query =>
        {
            HistoryStart.ThrowIfBefore(query.Times[0], since, "read_time", "of the segment");
            return [];
        };

        var start = await Past.FailAsync(front, new V1.GetSegmentHistoryRequest());
        var known = await Past.FailAsync(
            front,
            new V1.GetSegmentHistoryRequest { KnownAt = Past.At("2026-01-01T00:00:00Z") }
        );

        Assert.All([start, known], of => Assert.Equal((StatusCode.OutOfRange, "BEFORE_HISTORY"), (of.Code, of.Reason)));
        Assert.Equal(["start_time"], start.Fields);
        Assert.Equal(["known_at"], known.Fields);
        Assert.Equal(since, Instant.From(Past.At(start.Metadata["kept_since"]).ToDateTimeOffset()));
    }

    [Theory]
    [InlineData("/v1/customers:segmentHistory", "default")]
    [InlineData("/v1/workspaces/trial/customers:segmentHistory", "trial")]
    public async Task A_history_is_read_by_its_route(string path, string workspace)
    {
        await using var front = await Front.StartAsync();
        SegmentHistoryQuery? asked = null;
        front.Backend.OnSegmentHistory = query =>
        {
            asked = query;
            return [Full];
        };

        using var answer = await front.Http.GetAsync(
            $"{path}?filter=plan%20%3D%20pro&start_time=2026-02-01T00:00:00Z&end_time=2026-02-09T00:00:00Z&period=HISTORY_PERIOD_WEEK&model=m&model_version=2",
            Token
        );
        using var misspelt = await front.Http.GetAsync($"{path}?filters=plan%20%3D%20pro", Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (answer.StatusCode, misspelt.StatusCode));
        Assert.Equal((workspace, "m@2"), (asked!.Query.Workspace, asked.Query.Model));
        Assert.Equal([new("plan", "pro")], asked.Query.Filter.Clauses!);
        Assert.Equal([Past.Midnight("2026-02-02"), Past.Midnight("2026-02-09")], asked.Times);
        var point = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("points")[
            0
        ];
        Assert.Equal(
            ("2026-03-02T12:00:00Z", "3000000000", 41.5, 40.5, "high", 75d),
            (
                point.GetProperty("time").GetString(),
                point.GetProperty("customerCount").GetString(),
                point.GetProperty("mean").GetDouble(),
                point.GetProperty("percentiles")[1].GetProperty("score").GetDouble(),
                point.GetProperty("bands")[1].GetProperty("band").GetString(),
                point.GetProperty("engagementIndex").GetProperty("engaged").GetDouble()
            )
        );
    }
}
