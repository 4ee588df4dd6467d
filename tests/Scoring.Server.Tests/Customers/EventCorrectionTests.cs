using System.Net;
using System.Text;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.History;
using Scoring.Core.Time;
using Scoring.Server.Tests.Access;
using Outcome = Scoring.V1.CorrectionOutcome;

namespace Scoring.Server.Tests.Customers;

/// <summary>Events that were recorded wrongly are corrected, by gRPC and by REST.</summary>
public sealed class EventCorrectionTests
{
    private static readonly Instant At = Instant.From(Front.Now);

    private static V1.Event Wrong =>
        new()
        {
            CustomerId = "ada",
            Type = "purchase",
            OccurredAt = Timestamp.FromDateTimeOffset(Front.Now),
        };

    [Fact]
    public async Task Corrections_reach_the_backend_as_they_were_sent()
    {
        await using var front = await Front.StartAsync();
        var ignored = new V1.Event(Wrong)
        {
            EventId = "e1",
            AccountId = "acme",
            Source = "billing",
        };

        await CorrectAsync(
            front,
            new V1.EventCorrection { Event = ignored },
            new V1.EventCorrection
            {
                CorrectionId = "c1",
                Event = new(Wrong) { Value = 0, Feature = "export" },
                Replacement = new(Wrong) { Value = 5, AccountId = "globex" },
            },
            new V1.EventCorrection
            {
                Event = Wrong,
                Replacement = new() { Type = "refund", OccurredAt = Wrong.OccurredAt },
            }
        );

        Assert.Equal(
            [
                new("ada", new("purchase", At)),
                new("ada", new("purchase", At, 0, "export"), new("purchase", At, 5, "", "globex"), "c1"),
                new("ada", new("purchase", At), new("refund", At)),
            ],
            front.Backend.Corrections
        );
        Assert.Equal("default", front.Backend.Workspace);
    }

    [Fact]
    public async Task Each_correction_has_a_result_that_says_what_to_do()
    {
        await using var front = await Front.StartAsync();
        var outcomes = System.Enum.GetValues<CorrectionOutcome>();
        var next = 0;
        front.Backend.OnCorrection = _ =>
        {
            var outcome = outcomes[next++];
            Instant? since = outcome is CorrectionOutcome.BeforeHistory or CorrectionOutcome.BeforeMerge ? At : null;
            return new(outcome, since, outcome == CorrectionOutcome.LimitExceeded ? "Too many types." : "");
        };

        var answer = await CorrectAsync(front, [.. outcomes.Select(_ => new V1.EventCorrection { Event = Wrong })]);

        Assert.Equal(
            [
                Outcome.Corrected,
                Outcome.AlreadyCorrected,
                Outcome.CustomerNotFound,
                Outcome.EventNotFound,
                Outcome.BeforeHistory,
                Outcome.BeforeMerge,
                Outcome.IdConflict,
                Outcome.LimitExceeded,
            ],
            answer.Results.Select(result => result.Outcome)
        );
        Assert.All(answer.Results.Take(2), result => Assert.Empty(result.Message));
        Assert.All(answer.Results.Skip(2), result => Assert.NotEmpty(result.Message));
        Assert.Equal(
            [Wrong.OccurredAt, Wrong.OccurredAt],
            answer.Results.Select(result => result.Since).OfType<Timestamp>()
        );
        Assert.Equal("Too many types.", answer.Results[^1].Message);
        Assert.True(answer.Results.Max(result => result.CalculateSize()) * Limits.Corrections < 256 << 10);
    }

    [Theory]
    [InlineData("event.customer_id")]
    [InlineData("event.type")]
    [InlineData("event.occurred_at")]
    [InlineData("event.value")]
    [InlineData("event.feature")]
    [InlineData("correction_id")]
    [InlineData("replacement.customer_id")]
    [InlineData("replacement.event_id")]
    [InlineData("replacement.account_id")]
    [InlineData("replacement.type")]
    [InlineData("replacement.occurred_at")]
    [InlineData("replacement.value")]
    public async Task What_is_wrong_with_one_is_told_by_its_path_and_nothing_is_corrected(string field)
    {
        await using var front = await Front.StartAsync();
        var bad = new V1.EventCorrection { Event = Wrong, Replacement = Wrong };
        var isOfEvent = field.StartsWith("event", StringComparison.Ordinal);
        var item = isOfEvent ? bad.Event : bad.Replacement;
        switch (field[(field.LastIndexOf('.') + 1)..])
        {
            case "customer_id":
                item.CustomerId = bad.Replacement.CustomerId = isOfEvent ? "" : "bob";
                break;
            case "type":
                item.Type = "";
                break;
            case "occurred_at":
                item.OccurredAt = isOfEvent ? null : Timestamp.FromDateTimeOffset(Front.Now.AddMinutes(6));
                break;
            case "value":
                item.Value = double.NaN;
                break;
            case "feature":
                item.Feature = new string('x', 129);
                break;
            case "event_id":
                item.EventId = "e1";
                break;
            case "account_id":
                item.AccountId = new string('x', 257);
                break;
            default:
                bad.CorrectionId = "a\tb";
                break;
        }

        var failure = await FailAsync(
            CorrectAsync(front, new V1.EventCorrection { Event = Wrong }, bad, new V1.EventCorrection { Event = Wrong })
        );

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([$"corrections[1].{field}"], failure.Fields);
        Assert.Empty(front.Backend.Corrections);
    }

    [Fact]
    public async Task There_are_1_to_1000_in_a_call()
    {
        await using var front = await Front.StartAsync();

        var none = await FailAsync(CorrectAsync(front));
        var many = await FailAsync(
            CorrectAsync(front, [.. Enumerable.Repeat(new V1.EventCorrection { Event = Wrong }, 1_001)])
        );

        Assert.Equal((StatusCode.InvalidArgument, "FIELD_INVALID"), (none.Code, none.Reason));
        Assert.Equal(["corrections"], none.Fields);
        Assert.Equal(["corrections"], many.Fields);
    }

    [Fact]
    public async Task Corrections_are_made_by_REST()
    {
        await using var front = await Front.StartAsync();
        const string body = """
            {"corrections": [{"correction_id": "1", "event": {"customer_id": "ada", "type": "purchase", "occurred_at": "2026-01-31T12:30:00.1234567Z", "value": 500}}]}
            """;

        foreach (var path in (string[])["/v1/events:correct", "/v1/workspaces/default/events:correct"])
        {
            using var content = new StringContent(body, Encoding.UTF8, "application/json");
            using var answer = await front.Http.PostAsync(path, content, Token);

            using var json = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token));
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            var result = Assert.Single(json.RootElement.GetProperty("results").EnumerateArray());
            Assert.Equal("CORRECTION_OUTCOME_CORRECTED", result.GetProperty("outcome").GetString());
            var correction = Assert.Single(front.Backend.Corrections);
            Assert.Equal(
                ("1", 500d, 1_234_567),
                (
                    correction.CorrectionId,
                    correction.Event.Value,
                    correction.Event.OccurredAt.Ticks % TimeSpan.TicksPerSecond
                )
            );
        }
    }

    [Fact]
    public async Task The_audit_log_has_who_corrected_how_many_events_of_whom_without_ids()
    {
        await using var front = await GuardedFront.StartAsync();
        var client = new V1.ScoringService.ScoringServiceClient(front.Invoker(""));
        var one = new V1.EventCorrection { Event = Wrong };
        var other = new V1.EventCorrection
        {
            Event = new(Wrong) { CustomerId = "bob" },
            Replacement = new(Wrong),
        };
        other.Replacement.CustomerId = "bob";

        await client.CorrectEventsAsync(new() { Corrections = { one, one } }, cancellationToken: Token);
        await client.CorrectEventsAsync(new() { Corrections = { one, other } }, cancellationToken: Token);

        var entries = (await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries;
        Assert.Equal(["CorrectEvents", "CorrectEvents"], entries.Select(entry => entry.Method));
        Assert.Equal(
            ("2 customers", "events: 1 to be voided, 1 to be replaced"),
            (entries[0].Target, entries[0].Detail)
        );
        Assert.Matches("^customer hmac-sha256:[0-9a-f]{64}$", entries[1].Target);
        Assert.Equal("events: 2 to be voided, 0 to be replaced", entries[1].Detail);
    }

    private static async Task<V1.CorrectEventsResponse> CorrectAsync(
        Front front,
        params V1.EventCorrection[] corrections
    ) =>
        await front.CallAsync<V1.CorrectEventsRequest, V1.CorrectEventsResponse>(
            "CorrectEvents",
            new() { Corrections = { corrections } }
        );

    private static async Task<CallFailure> FailAsync(Task call) =>
        CallFailure.Of(await Assert.ThrowsAsync<RpcException>(() => call));

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
