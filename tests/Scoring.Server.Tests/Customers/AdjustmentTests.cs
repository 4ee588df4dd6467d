using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Adjustments;
using Scoring.Core.Backend;
using Scoring.Core.Customers;
using Scoring.Core.Scores;
using Scoring.Core.Time;
using Scoring.Server.Tests.Access;

namespace Scoring.Server.Tests.Customers;

/// <summary>Manual adjustments of scores, by gRPC and by REST.</summary>
public sealed class AdjustmentTests
{
    private static readonly Instant At = Instant.From(Front.Now);
    private static readonly Timestamp Now = Timestamp.FromDateTimeOffset(Front.Now);

    private static readonly ScoreAdjustment Stored = new(
        "engagement",
        AdjustmentKind.Add,
        12.5,
        "Renewed for three years.",
        "key k1 (Ada)",
        At,
        At + TimeSpan.FromDays(30)
    );

    [Fact]
    public async Task An_adjustment_is_put_with_its_author_and_given_as_it_is_stored()
    {
        await using var front = await GuardedFront.StartAsync();
        var key = await front.CreateAsync("model@default");
        front.Front.Backend.OnCustomer = Known();
        (string Customer, ScoreAdjustment Adjustment) asked = default;
        front.Front.Backend.OnAdjust = (customer, adjustment) =>
        {
            asked = (customer, adjustment);
            return adjustment with { CreateTime = At };
        };
        var sent = new V1.ScoreAdjustment
        {
            CustomerId = "ada",
            Model = "engagement",
            SetScore = -3,
            Reason = "Announced that they leave.",
            ExpireTime = Now + Duration.FromTimeSpan(TimeSpan.FromDays(1)),
            Author = "somebody else",
            CreateTime = Timestamp.FromDateTimeOffset(DateTimeOffset.UnixEpoch),
        };

        var stored = await Client(front, key.Secret)
            .PutScoreAdjustmentAsync(new() { Adjustment = sent }, cancellationToken: Token);

        var author = $"key {key.Key.KeyId} (crm)";
        Assert.Equal(
            (
                "ada",
                new ScoreAdjustment(
                    "engagement",
                    AdjustmentKind.Set,
                    -3,
                    "Announced that they leave.",
                    author,
                    CreateTime: default,
                    At + TimeSpan.FromDays(1)
                )
            ),
            asked
        );
        sent.Author = author;
        sent.CreateTime = Now;
        Assert.Equal(sent, stored);
    }

    [Theory]
    [InlineData("customerId", "", "adjustment.customer_id", "FIELD_MISSING")]
    [InlineData("model", "", "adjustment.model", "FIELD_MISSING")]
    [InlineData("addScore", null, "adjustment.add_score", "FIELD_MISSING")]
    [InlineData("addScore", "NaN", "adjustment.add_score", "FIELD_INVALID")]
    [InlineData("addScore", "-1.1e12", "adjustment.add_score", "FIELD_INVALID")]
    [InlineData("reason", "", "adjustment.reason", "FIELD_MISSING")]
    [InlineData("reason", "a\u0007b", "adjustment.reason", "FIELD_INVALID")]
    [InlineData("expireTime", "1969-12-31T00:00:00Z", "adjustment.expire_time", "FIELD_INVALID")]
    public async Task What_is_wrong_with_an_adjustment_is_told_by_field(
        string name,
        string? value,
        string field,
        string reason
    )
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnCustomer = Known();
        front.Backend.OnAdjust = (_, _) => throw new InvalidOperationException("Nothing must get here.");
        var sent = new Dictionary<string, string?>
        {
            ["customerId"] = "ada",
            ["model"] = "engagement",
            ["addScore"] = "1",
            ["reason"] = "r",
        };
        sent[name] = value;
        var adjustment = V1.ScoreAdjustment.Parser.ParseJson(JsonSerializer.Serialize(sent));

        var failure = await FailAsync(front, new() { Adjustment = adjustment });

        Assert.Equal((StatusCode.InvalidArgument, reason), (failure.Code, failure.Reason));
        Assert.Equal([field], failure.Fields);
    }

    [Fact]
    public async Task Every_fault_is_told_at_once_and_a_reason_has_its_bound()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnCustomer = Known();

        var several = await FailAsync(
            front,
            new()
            {
                Adjustment = new() { CustomerId = "ada", AddScore = double.NaN },
            }
        );
        var nothing = await FailAsync(front, new());
        var tooLong = await FailAsync(front, new() { Adjustment = Sent(new string('r', Limits.ChangeNoteBytes + 1)) });
        await Client(front)
            .PutScoreAdjustmentAsync(
                new() { Adjustment = Sent(new string('r', Limits.ChangeNoteBytes)) },
                cancellationToken: Token
            );

        Assert.Equal(["adjustment.model", "adjustment.add_score", "adjustment.reason"], several.Fields);
        Assert.Equal(["adjustment"], nothing.Fields);
        Assert.Equal(("FIELD_TOO_LONG", "adjustment.reason"), (tooLong.Reason, Assert.Single(tooLong.Fields)));
    }

    [Fact]
    public async Task What_cannot_be_done_is_refused_with_its_reason_and_not_noted()
    {
        await using var front = await GuardedFront.StartAsync();
        var client = Client(front, "");
        front.Front.Backend.OnCustomer = Known([
            .. Enumerable.Range(0, Limits.Adjustments).Select(i => Stored with { Model = $"m{i}" }),
        ]);

        var nobody = await Fail(Put("nobody", "engagement"));
        var tooMany = await Fail(Put("ada", "engagement"));
        var unadjusted = await Fail(Delete("ada", "engagement"));
        var unknown = await Fail(Delete("nobody", "engagement"));
        var listed = await Fail(
            client.ListScoreAdjustmentsAsync(new() { CustomerId = "nobody" }, cancellationToken: Token)
        );
        var page = await Fail(client.ListScoreAdjustmentsAsync(new() { PageToken = "x" }, cancellationToken: Token));

        Assert.Equal((StatusCode.NotFound, "CUSTOMER_NOT_FOUND"), (nobody.Code, nobody.Reason));
        Assert.Equal((StatusCode.FailedPrecondition, "LIMIT_EXCEEDED"), (tooMany.Code, tooMany.Reason));
        Assert.Equal((StatusCode.NotFound, "ADJUSTMENT_NOT_FOUND"), (unadjusted.Code, unadjusted.Reason));
        Assert.Equal("engagement", unadjusted.Metadata["model"]);
        Assert.Equal("CUSTOMER_NOT_FOUND", unknown.Reason);
        Assert.Equal("CUSTOMER_NOT_FOUND", listed.Reason);
        Assert.Equal(["page_token"], page.Fields);
        Assert.Empty((await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries);

        AsyncUnaryCall<V1.ScoreAdjustment> Put(string customer, string model) =>
            client.PutScoreAdjustmentAsync(
                new()
                {
                    Adjustment = new()
                    {
                        CustomerId = customer,
                        Model = model,
                        AddScore = 1,
                        Reason = "r",
                    },
                },
                cancellationToken: Token
            );

        AsyncUnaryCall<V1.DeleteScoreAdjustmentResponse> Delete(string customer, string model) =>
            client.DeleteScoreAdjustmentAsync(new() { CustomerId = customer, Model = model }, cancellationToken: Token);
    }

    [Fact]
    public async Task Changes_are_in_the_audit_log_without_the_customer_and_the_reason()
    {
        await using var front = await GuardedFront.StartAsync();
        var client = Client(front, "");
        front.Front.Backend.OnCustomer = Known([Stored]);
        await client.PutScoreAdjustmentAsync(new() { Adjustment = Sent("Told us so.") }, cancellationToken: Token);
        await client.DeleteScoreAdjustmentAsync(
            new() { CustomerId = "ada", Model = "engagement" },
            cancellationToken: Token
        );
        // Somebody else deletes the customer meanwhile.
        front.Front.Backend.OnRemoveAdjustment = (_, _) => throw Refusals.CustomerNotFound("ada", "default");
        var gone = await Fail(
            client.DeleteScoreAdjustmentAsync(
                new() { CustomerId = "ada", Model = "engagement" },
                cancellationToken: Token
            )
        );
        front.Front.Backend.OnAdjust = (_, _) => throw new ScoringException(ScoringError.Unavailable, "Away.");
        await Fail(client.PutScoreAdjustmentAsync(new() { Adjustment = Sent("r") }, cancellationToken: Token));

        Assert.Equal("CUSTOMER_NOT_FOUND", gone.Reason);
        var entries = (await front.Admin().ListAuditEntriesAsync(new(), cancellationToken: Token)).Entries;
        Assert.Equal(
            [
                ("PutScoreAdjustment", "engagement: add 12.5", "Away."),
                ("PutScoreAdjustment", "engagement: add 12.5", ""),
                ("DeleteScoreAdjustment", "engagement", ""),
                ("DeleteScoreAdjustment", "engagement", ""),
                ("PutScoreAdjustment", "engagement: add 12.5", ""),
            ],
            entries.Select(entry => (entry.Method, entry.Detail, entry.Failure))
        );
        Assert.All(entries, entry => Assert.Matches("^customer hmac-sha256:[0-9a-f]{64}$", entry.Target));
        Assert.DoesNotContain("Told us so.", $"{entries}", StringComparison.Ordinal);
    }

    [Fact]
    public async Task They_are_put_listed_and_removed_by_REST()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnCustomer = Known([Stored]);
        AdjustmentQuery? query = null;
        front.Backend.OnAdjustments = asked =>
        {
            query = asked;
            return [new("ada", Stored), new("bob", Stored with { Kind = AdjustmentKind.Set, ExpireTime = null })];
        };
        var removed = new List<string>();
        front.Backend.OnRemoveAdjustment = (customer, model) => removed.Add($"{customer} {model}");

        using var put = await front.Http.PutAsJsonAsync(
            "/v1/workspaces/trial/customers/a%2Fb/adjustments/engagement",
            new { add_score = 5, reason = "Because." },
            Token
        );
        using var deleted = await front.Http.DeleteAsync("/v1/customers/ada/adjustments/engagement", Token);
        using var page = JsonDocument.Parse(
            await front.Http.GetStringAsync("/v1/adjustments?model=engagement&page_size=1", Token)
        );

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (put.StatusCode, deleted.StatusCode));
        using var answer = JsonDocument.Parse(await put.Content.ReadAsStringAsync(Token));
        Assert.Equal("a/b", answer.RootElement.GetProperty("customerId").GetString());
        Assert.Equal(5, answer.RootElement.GetProperty("addScore").GetDouble());
        Assert.Equal(["ada engagement"], removed);
        Assert.Equal(new AdjustmentQuery("default", "engagement", "", 2), query);
        var only = Assert.Single(page.RootElement.GetProperty("adjustments").EnumerateArray());
        Assert.Equal("ada", only.GetProperty("customerId").GetString());
        Assert.Equal("Renewed for three years.", only.GetProperty("reason").GetString());
        var next = page.RootElement.GetProperty("nextPageToken").GetString();
        _ = await front.Http.GetStringAsync($"/v1/adjustments?page_token={next}", Token);
        Assert.Equal(new AdjustmentQuery("default", "", new CustomerAdjustment("ada", Stored).Place, 101), query);
    }

    [Fact]
    public async Task Those_of_one_customer_are_listed_by_model()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnCustomer = Known([Stored, Stored with { Model = "trial" }]);

        var all = await Client(front).ListScoreAdjustmentsAsync(new() { CustomerId = "ada" }, cancellationToken: Token);
        var one = await Client(front)
            .ListScoreAdjustmentsAsync(new() { CustomerId = "ada", Model = "trial" }, cancellationToken: Token);

        Assert.Equal(["engagement", "trial"], all.Adjustments.Select(of => of.Model));
        Assert.All(all.Adjustments, of => Assert.Equal("ada", of.CustomerId));
        Assert.Equal(["trial"], one.Adjustments.Select(of => of.Model));
        Assert.Empty(all.NextPageToken);
    }

    [Fact]
    public async Task A_score_tells_its_adjustment_as_a_contribution_and_a_customer_all_of_its()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnCustomer = Known([Stored]);
        front.Backend.OnScores = _ =>
            [
                new CustomerScore
                {
                    CustomerId = "ada",
                    AccountId = "",
                    Attributes = [],
                    Points = 11,
                    Score = 11,
                    Band = "low",
                    Lifecycle = Core.Lifecycles.Lifecycle.Active,
                    Momentum = null,
                    Contributions = [],
                    Adjustment = new(Stored, 12.5),
                    CutOffs = [new(LimitKind.Ceiling, "", -1.5)],
                    NextBand = null,
                    ModelName = "engagement",
                    ModelVersion = 1,
                    ReadTime = At,
                    LastEventTime = At,
                },
            ];

        var score = await new V1.ScoringService.ScoringServiceClient(front.Channel).GetScoreAsync(
            new() { CustomerId = "ada" },
            cancellationToken: Token
        );
        var customer = await Client(front).GetCustomerAsync(new() { CustomerId = "ada" }, cancellationToken: Token);

        var told = new V1.ScoreAdjustment
        {
            Model = "engagement",
            AddScore = 12.5,
            Reason = "Renewed for three years.",
            Author = "key k1 (Ada)",
            CreateTime = Now,
            ExpireTime = Now + Duration.FromTimeSpan(TimeSpan.FromDays(30)),
        };
        Assert.Equal(
            [
                new V1.Contribution { Adjustment = told, Points = 12.5 },
                new V1.Contribution { CutOff = V1.CutOff.Ceiling, Points = -1.5 },
            ],
            score.Contributions
        );
        Assert.Equal([told], customer.Adjustments);
    }

    private static Func<string, CustomerDetails?> Known(IReadOnlyList<ScoreAdjustment>? adjustments = null) =>
        id =>
            id == "nobody"
                ? null
                : new CustomerDetails
                {
                    CustomerId = id,
                    AccountId = "",
                    Attributes = [],
                    Lifecycle = Core.Lifecycles.Lifecycle.Active,
                    FirstDay = At.UtcDay,
                    Events = [],
                    Features = [],
                    ActiveDays = [],
                    Adjustments = adjustments ?? [],
                    ReadTime = At,
                };

    private static V1.ScoreAdjustment Sent(string reason) =>
        new()
        {
            CustomerId = "ada",
            Model = "engagement",
            AddScore = 12.5,
            Reason = reason,
        };

    private static Task<CallFailure> FailAsync(Front front, V1.PutScoreAdjustmentRequest request) =>
        Fail(Client(front).PutScoreAdjustmentAsync(request, cancellationToken: Token));

    private static async Task<CallFailure> Fail<T>(AsyncUnaryCall<T> call) =>
        CallFailure.Of(await Assert.ThrowsAsync<RpcException>(() => call.ResponseAsync));

    private static V1.CustomerService.CustomerServiceClient Client(Front front) => new(front.Channel);

    private static V1.CustomerService.CustomerServiceClient Client(GuardedFront front, string key) =>
        new(front.Invoker(key));

    private static CancellationToken Token => TestContext.Current.CancellationToken;
}
