using System.Net;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Backend;
using Scoring.Core.History;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Server.Tests.History;

/// <summary>How an account fared, by gRPC and by REST.</summary>
public sealed class AccountHistoryTests
{
    private static readonly Duration ThirtyDays = Duration.FromTimeSpan(TimeSpan.FromDays(30));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_history_is_given_point_by_point_and_what_is_unknown_is_absent()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnHealthHistory = _ => new("engagement", 4, [Nobody(Past.Before), Full(Past.Now, active: 6)]);

        var history = await AskAsync(front, new() { AccountId = "acme" });

        Assert.Equal(
            new V1.AccountHealthHistory
            {
                AccountId = "acme",
                ModelName = "engagement",
                ModelVersion = 4,
                Window = ThirtyDays,
                Points =
                {
                    new V1.AccountHealthPoint
                    {
                        Time = Past.At(Past.Before),
                        Status = V1.AccountStatus.NotStarted,
                        Frequency = new(),
                        Breadth = new(),
                        Depth = new() { KeyFeatureCount = 2 },
                        Growth = new(),
                    },
                    new V1.AccountHealthPoint
                    {
                        Time = Past.At(Past.Now),
                        Score = (100.0 * 6 / 3 / (30 * 5.0 / 7) + 30 + 50 + 75) / 4,
                        Status = V1.AccountStatus.Growing,
                        Frequency = new()
                        {
                            ActiveDayCount = 6,
                            ActiveDaysPerActiveCustomer = 2,
                            PartScore = 100.0 * 6 / 3 / (30 * 5.0 / 7),
                        },
                        Breadth = new()
                        {
                            ActiveCustomerCount = 3,
                            SeatCount = 10,
                            PartScore = 30,
                        },
                        Depth = new()
                        {
                            UsedFeatureCount = 1,
                            KeyFeatureCount = 2,
                            PartScore = 50,
                        },
                        Growth = new()
                        {
                            ActiveDayCount = 6,
                            PreviousActiveDayCount = 2,
                            Change = 2,
                            PartScore = 75,
                        },
                        Bands =
                        {
                            new V1.BandCount
                            {
                                Band = "low",
                                CustomerCount = 4,
                                Share = 1,
                            },
                        },
                        CustomerCount = 4,
                    },
                },
            },
            history
        );
        Assert.False(history.Points[0].HasScore);
    }

    [Fact]
    public async Task The_trends_are_those_of_the_health_and_of_each_part_where_there_are_three()
    {
        await using var front = await Front.StartAsync();
        // A day apart. Active days rise by 3 a day, and nothing else moves but what is made of them.
        AccountHealth[] points =
        [
            Nobody(Past.Now - TimeSpan.FromDays(9)),
            .. Enumerable.Range(0, 3).Select(i => Full(Past.Now + TimeSpan.FromDays(i - 3), active: 3 * (i + 1))),
        ];
        front.Backend.OnHealthHistory = _ => new("engagement", 4, points);
        var three = await AskAsync(front, new() { AccountId = "acme" });
        front.Backend.OnHealthHistory = _ => new("engagement", 4, points[..3]);
        var two = await AskAsync(front, new() { AccountId = "acme" });

        Assert.Equal(100.0 / (30 * 5.0 / 7), three.FrequencyTrend.SlopePerDay, 1e-9);
        Assert.Equal(
            (0, 0, 0),
            (three.BreadthTrend.SlopePerDay, three.BreadthTrend.LowerBound, three.DepthTrend.SlopePerDay)
        );
        // 60, 75 and 81.81...
        Assert.Equal((50 + (50 * 7.0 / 11) - 60) / 2, three.GrowthTrend.SlopePerDay, 1e-9);
        Assert.Equal(
            (three.FrequencyTrend.SlopePerDay + three.GrowthTrend.SlopePerDay) / 4,
            three.Trend.SlopePerDay,
            1e-9
        );
        Assert.InRange(three.Trend.SlopePerDay, three.Trend.LowerBound, three.Trend.UpperBound);
        Assert.Null(two.Trend ?? two.FrequencyTrend ?? two.BreadthTrend ?? two.DepthTrend ?? two.GrowthTrend);
    }

    [Fact]
    public async Task Everything_that_is_asked_for_reaches_the_backend()
    {
        var said = await AskedAsync(
            new()
            {
                Workspace = "trial",
                AccountId = "acme",
                Window = Duration.FromTimeSpan(TimeSpan.FromDays(7)),
                Model = "adoption",
                ModelVersion = 3,
                Period = V1.HistoryPeriod.Week,
                StartTime = Past.At("2026-02-01T00:00:00Z"),
                EndTime = Past.At("2026-02-16T00:00:00Z"),
                KnownAt = Past.At("2026-02-10T10:00:00Z"),
            }
        );
        var unsaid = await AskedAsync(new() { AccountId = "acme" });

        Assert.Equal(new AccountHealthQuery("trial", "acme", 7, "adoption@3", null), said.Query);
        Assert.Equal(
            [Past.Midnight("2026-02-02"), Past.Midnight("2026-02-09"), Past.Midnight("2026-02-16")],
            said.Times
        );
        Assert.Equal(Past.Midnight("2026-02-10") + TimeSpan.FromHours(10), said.KnownAt);
        Assert.Equal(new AccountHealthQuery("default", "acme", 30, "", null), unsaid.Query);
        Assert.Equal((31, Past.Now), (unsaid.Times.Count, unsaid.Times[^1]));
        Assert.Null(unsaid.KnownAt);
    }

    public static TheoryData<string, string, string> BadRequests =>
        new()
        {
            { """{ }""", "account_id", "required" },
            { """{ "accountId": "acme", "window": "86401s" }""", "window", "whole days" },
            { """{ "accountId": "acme", "window": "7862400s" }""", "window", "1 to 90" },
            { """{ "accountId": "acme", "model": "churn@2" }""", "model", "model_version" },
            { """{ "accountId": "acme", "period": 4 }""", "period", "HISTORY_PERIOD_WEEK" },
            { """{ "accountId": "acme", "endTime": "2026-03-02T12:05:01Z" }""", "end_time", "future" },
            { """{ "accountId": "acme", "knownAt": "2026-03-02T12:05:01Z" }""", "known_at", "future" },
            { """{ "accountId": "acme", "startTime": "2023-02-27T00:00:00Z" }""", "start_time", "1,100 points" },
        };

    [Theory]
    [MemberData(nameof(BadRequests))]
    public async Task A_bad_question_names_the_field_and_what_it_must_be(string request, string field, string message)
    {
        await using var front = await Front.StartAsync();

        var failure = await Past.FailAsync(front, V1.GetAccountHealthHistoryRequest.Parser.ParseJson(request));

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([field], failure.Fields);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_not_kept_is_out_of_range_by_the_field_that_asks_for_it()
    {
        await using var front = await Front.StartAsync();
        var since = Past.Now - TimeSpan.FromDays(3);
        front.Backend.OnHealthHistory = query =>
        {
            HistoryStart.ThrowIfBefore(query.Times[0], since, "read_time", "of account 'acme'");
            throw Refusals.AccountNotFound("acme");
        };

        var start = await Past.FailAsync(front, new V1.GetAccountHealthHistoryRequest { AccountId = "acme" });
        var known = await Past.FailAsync(
            front,
            new V1.GetAccountHealthHistoryRequest { AccountId = "acme", KnownAt = Past.At("2026-01-01T00:00:00Z") }
        );
        var unknown = await Past.FailAsync(
            front,
            new V1.GetAccountHealthHistoryRequest { AccountId = "acme", StartTime = Past.At(since) }
        );

        Assert.All([start, known], of => Assert.Equal((StatusCode.OutOfRange, "BEFORE_HISTORY"), (of.Code, of.Reason)));
        Assert.Equal(["start_time"], start.Fields);
        Assert.Equal(["known_at"], known.Fields);
        Assert.Equal(since, Instant.From(Past.At(start.Metadata["kept_since"]).ToDateTimeOffset()));
        Assert.Equal((StatusCode.NotFound, "ACCOUNT_NOT_FOUND"), (unknown.Code, unknown.Reason));
    }

    [Fact]
    public async Task A_history_that_is_larger_than_a_message_may_be_is_refused_with_what_to_ask_for()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 262_144 });
        var point = Full(Past.Now, active: 6) with
        {
            Bands = [.. Enumerable.Range(0, Limits.Bands).Select(i => new BandCount($"{i:D64}", 1, 0.1))],
        };
        front.Backend.OnHealthHistory = query => new("engagement", 4, [.. query.Times.Select(_ => point)]);

        var failure = await Past.FailAsync(
            front,
            new V1.GetAccountHealthHistoryRequest { AccountId = "acme", StartTime = Past.At("2024-01-01T00:00:00Z") }
        );

        Assert.Equal((StatusCode.InvalidArgument, "ANSWER_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["start_time"], failure.Fields);
        Assert.Contains("a later start_time, or for points that lie further apart", failure.Message);
    }

    [Theory]
    [InlineData("/v1/accounts/acme:healthHistory", "default")]
    [InlineData("/v1/workspaces/trial/accounts/acme:healthHistory", "trial")]
    public async Task A_history_is_read_by_its_route(string path, string workspace)
    {
        await using var front = await Front.StartAsync();
        AccountHealthHistoryQuery? asked = null;
        front.Backend.OnHealthHistory = query =>
        {
            asked = query;
            return new("engagement", 4, [Full(Past.Now, active: 6)]);
        };

        using var answer = await front.Http.GetAsync(
            $"{path}?window=604800s&start_time=2026-02-01T00:00:00Z&end_time=2026-02-09T00:00:00Z&period=HISTORY_PERIOD_WEEK",
            Token
        );
        using var misspelt = await front.Http.GetAsync($"{path}?windows=604800s", Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (answer.StatusCode, misspelt.StatusCode));
        Assert.Equal((workspace, "acme", 7), (asked!.Query.Workspace, asked.Query.AccountId, asked.Query.WindowDays));
        Assert.Equal([Past.Midnight("2026-02-02"), Past.Midnight("2026-02-09")], asked.Times);
        var point = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement.GetProperty("points")[
            0
        ];
        Assert.Equal(
            ("2026-03-02T12:00:00Z", "4", "ACCOUNT_STATUS_GROWING", 10),
            (
                point.GetProperty("time").GetString(),
                point.GetProperty("customerCount").GetString(),
                point.GetProperty("status").GetString(),
                point.GetProperty("breadth").GetProperty("seatCount").GetInt32()
            )
        );
    }

    private static async Task<V1.AccountHealthHistory> AskAsync(
        Front front,
        V1.GetAccountHealthHistoryRequest request
    ) => await Past.Client(front).GetAccountHealthHistoryAsync(request, cancellationToken: Token);

    /// <summary>What the backend is asked.</summary>
    private static async Task<AccountHealthHistoryQuery> AskedAsync(V1.GetAccountHealthHistoryRequest request)
    {
        await using var front = await Front.StartAsync();
        var asked = new List<AccountHealthHistoryQuery>();
        front.Backend.OnHealthHistory = query =>
        {
            asked.Add(query);
            return new("engagement", 4, []);
        };
        await AskAsync(front, request);
        return Assert.Single(asked);
    }

    /// <summary>An account that has no customers yet.</summary>
    internal static AccountHealth Nobody(Instant at) =>
        new()
        {
            AccountId = "acme",
            Attributes = [],
            Customers = 0,
            Frequency = new(0, 0, 0, 30),
            Breadth = new(0, null),
            Depth = new(0, 0, 2),
            Growth = new(0, 0, AccountHistory.Never),
            Bands = [],
            WindowDays = 30,
            ReadTime = at,
            ModelName = "engagement",
            ModelVersion = 4,
        };

    /// <summary>An account of four customers, of whom three were active.</summary>
    internal static AccountHealth Full(Instant at, int active) =>
        Nobody(at) with
        {
            Customers = 4,
            Frequency = new(4, 3, active, 30),
            Breadth = new(3, 10),
            Depth = new(4, 1, 2),
            Growth = new(active, 2, AccountHistory.BeforePeriod),
            Bands = [new("low", 4, 1)],
        };
}
