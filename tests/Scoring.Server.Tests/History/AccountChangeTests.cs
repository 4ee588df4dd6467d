using System.Net;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.History;

namespace Scoring.Server.Tests.History;

/// <summary>Why the health of an account changed, by gRPC and by REST.</summary>
public sealed class AccountChangeTests
{
    // From 0 to a health of (14 + 30 + 50 + 90) / 4.
    private static readonly AccountHealthChange Change = new(
        AccountHistoryTests.Nobody(Past.Before),
        AccountHistoryTests.Full(Past.Now, active: 18),
        [
            new(HealthDimension.Breadth, AccountChangeKind.Seats, "", "", 0, 0, -7_500_000),
            new(HealthDimension.Frequency, AccountChangeKind.Joined, "", "", 3, 0, 7_000_000),
            new(HealthDimension.Depth, AccountChangeKind.Events, "login", "search", 0, 12, 46_750_000),
            new(HealthDimension.Frequency, AccountChangeKind.Events, "login", "", 0, 12, 100_000),
        ]
    );

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_change_is_given_with_both_healths_by_dimension_and_by_reason()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnHealthChange = _ => Change;

        var answer = await AskAsync(front, Question());

        Assert.Equal(("acme", "engagement", 4), (answer.AccountId, answer.ModelName, answer.ModelVersion));
        Assert.Equal(Duration.FromTimeSpan(TimeSpan.FromDays(30)), answer.Window);
        Assert.Equal((false, Change.To!.Score!.Value), (answer.From.HasScore, answer.To.Score));
        Assert.Equal((Past.At(Past.Before), Past.At(Past.Now)), (answer.From.Time, answer.To.Time));
        Assert.Equal((Change.Micros, Change.Micros / 1e6), (answer.DifferenceMicros, answer.Difference));
        Assert.Equal(
            [
                new V1.AccountDimensionChange
                {
                    Dimension = V1.HealthDimension.Frequency,
                    ToScore = Change.To.Frequency.Part!.Value,
                    HealthMicros = 7_100_000,
                    Health = 7.1,
                },
                new V1.AccountDimensionChange
                {
                    Dimension = V1.HealthDimension.Breadth,
                    ToScore = 30,
                    HealthMicros = -7_500_000,
                    Health = -7.5,
                },
                new V1.AccountDimensionChange
                {
                    Dimension = V1.HealthDimension.Depth,
                    ToScore = 50,
                    HealthMicros = 46_750_000,
                    Health = 46.75,
                },
                new V1.AccountDimensionChange { Dimension = V1.HealthDimension.Growth, ToScore = 90 },
            ],
            answer.Dimensions
        );
        Assert.Equal(4, answer.Parts.Count);
        Assert.Equal(
            new V1.AccountHealthChangePart
            {
                Dimension = V1.HealthDimension.Frequency,
                Kind = V1.AccountChangeKind.Joined,
                CustomerCount = 3,
                HealthMicros = 7_000_000,
                Health = 7,
            },
            answer.Parts[1]
        );
        Assert.Equal(
            new V1.AccountHealthChangePart
            {
                Dimension = V1.HealthDimension.Depth,
                Kind = V1.AccountChangeKind.Events,
                Subject = "login",
                Feature = "search",
                EventCount = 12,
                HealthMicros = 46_750_000,
                Health = 46.75,
            },
            answer.Parts[2]
        );
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_instant_at_which_nothing_was_known_is_absent(bool atFirst)
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnHealthChange = _ => atFirst ? Change with { From = null } : Change with { To = null };

        var answer = await AskAsync(front, Question());

        Assert.Equal((atFirst, !atFirst), (answer.From is null, answer.To is null));
        Assert.Equal(atFirst ? Change.Micros : 0, answer.DifferenceMicros);
        Assert.Equal(!atFirst, answer.Dimensions.All(dimension => !dimension.HasToScore));
    }

    [Fact]
    public async Task Every_kind_of_part_and_every_dimension_has_its_own_name()
    {
        await using var front = await Front.StartAsync();
        AccountHealthPart[] parts =
        [
            .. System
                .Enum.GetValues<AccountChangeKind>()
                .Select((kind, i) => new AccountHealthPart((HealthDimension)(1 + (i % 4)), kind, "", "", 0, 0, 1)),
        ];
        front.Backend.OnHealthChange = _ => Change with { Parts = parts };

        var answer = await AskAsync(front, Question());

        Assert.Equal(
            parts.Select(part => ($"{part.Dimension}", $"{part.Kind}")),
            answer.Parts.Select(part => ($"{part.Dimension}", $"{part.Kind}"))
        );
    }

    [Fact]
    public async Task Everything_that_is_asked_for_reaches_the_backend()
    {
        await using var front = await Front.StartAsync();
        var asked = new List<AccountHealthChangeQuery>();
        front.Backend.OnHealthChange = query =>
        {
            asked.Add(query);
            return Change;
        };

        await AskAsync(
            front,
            new()
            {
                Workspace = "trial",
                AccountId = "acme",
                Window = Duration.FromTimeSpan(TimeSpan.FromDays(7)),
                Model = "adoption",
                ModelVersion = 3,
                StartTime = Past.At("2026-01-01T00:00:00Z"),
                EndTime = Past.At("2026-02-01T00:00:00Z"),
                KnownAt = Past.At("2026-01-15T00:00:00Z"),
            }
        );
        await AskAsync(front, Question());

        Assert.Equal(
            [
                new(
                    new("trial", "acme", 7, "adoption@3", null),
                    Past.Midnight("2026-01-01"),
                    Past.Midnight("2026-02-01"),
                    Past.Midnight("2026-01-15")
                ),
                new AccountHealthChangeQuery(new("default", "acme", 30, "", null), Past.Before, Past.Now, null),
            ],
            asked
        );
    }

    [Theory]
    [InlineData("""{ "startTime": "2026-01-01T00:00:00Z" }""", "account_id", "required")]
    [InlineData("""{ "accountId": "a" }""", "start_time", "required")]
    [InlineData("""{ "accountId": "a", "startTime": "2026-03-02T12:00:00Z" }""", "start_time", "before end_time")]
    [InlineData("""{ "accountId": "a", "startTime": "2027-01-01T00:00:00Z" }""", "start_time", "future")]
    [InlineData(
        """{ "accountId": "a", "startTime": "2026-01-01T00:00:00Z", "endTime": "2027-01-01T00:00:00Z" }""",
        "end_time",
        "future"
    )]
    [InlineData(
        """{ "accountId": "a", "startTime": "2026-01-01T00:00:00Z", "window": "3600s" }""",
        "window",
        "whole days"
    )]
    public async Task A_bad_question_names_the_field_and_what_it_must_be(string request, string field, string message)
    {
        await using var front = await Front.StartAsync();

        var failure = await Past.FailAsync(front, V1.ExplainAccountHealthChangeRequest.Parser.ParseJson(request));

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([field], failure.Fields);
        Assert.Contains(message, failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_account_that_is_not_known_and_an_instant_that_is_not_kept_are_refused()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnHealthChange = query => throw Refusals.AccountNotFound(query.Query.AccountId);
        var unknown = await Past.FailAsync(front, Question());
        front.Backend.OnHealthChange = _ =>
            throw new ScoringException(ScoringError.BeforeHistory, "Not kept.") { Field = "read_time", Subject = "x" };
        var notKept = await Past.FailAsync(front, Question());

        Assert.Equal((StatusCode.NotFound, "ACCOUNT_NOT_FOUND"), (unknown.Code, unknown.Reason));
        Assert.Equal((StatusCode.OutOfRange, "BEFORE_HISTORY"), (notKept.Code, notKept.Reason));
    }

    [Fact]
    public async Task An_answer_that_is_larger_than_a_message_may_be_is_refused_with_what_to_ask_for()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 262_144 });
        front.Backend.OnHealthChange = _ =>
            Change with
            {
                Parts = [.. Enumerable.Repeat(Change.Parts[2] with { Subject = new string('e', 128) }, 4_000)],
            };

        var failure = await Past.FailAsync(front, Question());

        Assert.Equal((StatusCode.InvalidArgument, "ANSWER_TOO_LARGE"), (failure.Code, failure.Reason));
        Assert.Equal(["start_time"], failure.Fields);
        Assert.Contains("ask for a later start_time", failure.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("/v1/accounts/acme:healthChange", "default")]
    [InlineData("/v1/workspaces/trial/accounts/acme:healthChange", "trial")]
    public async Task A_change_is_read_by_its_route(string path, string workspace)
    {
        await using var front = await Front.StartAsync();
        AccountHealthChangeQuery? asked = null;
        front.Backend.OnHealthChange = query =>
        {
            asked = query;
            return Change;
        };

        using var answer = await front.Http.GetAsync($"{path}?start_time=2026-02-01T00:00:00Z&window=604800s", Token);
        using var without = await front.Http.GetAsync(path, Token);

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.BadRequest), (answer.StatusCode, without.StatusCode));
        Assert.Equal((workspace, 7), (asked!.Query.Workspace, asked.Query.WindowDays));
        Assert.Equal((Past.Midnight("2026-02-01"), Past.Now), (asked.From, asked.To));
        var told = V1.ExplainAccountHealthChangeResponse.Parser.ParseJson(
            await answer.Content.ReadAsStringAsync(Token)
        );
        Assert.Equal((Change.Micros, 4), (told.DifferenceMicros, told.Parts.Count));
    }

    private static V1.ExplainAccountHealthChangeRequest Question() =>
        new() { AccountId = "acme", StartTime = Past.At(Past.Before) };

    private static async Task<V1.ExplainAccountHealthChangeResponse> AskAsync(
        Front front,
        V1.ExplainAccountHealthChangeRequest request
    ) => await Past.Client(front).ExplainAccountHealthChangeAsync(request, cancellationToken: Token);
}
