using System.Net;
using System.Text;
using System.Text.Json;
using Scoring.Core.Names;
using Scoring.Core.Scores;
using Scoring.Core.Time;

namespace Scoring.Server.Tests.Json;

/// <summary>JSON over HTTP by the routes that the contract names.</summary>
public sealed class JsonRouteTests
{
    private static readonly CancellationToken Token = TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("/v1/events", "default")]
    [InlineData("/v1/workspaces/trial/events", "trial")]
    public async Task Event_is_recorded_in_the_workspace_of_the_path(string path, string workspace)
    {
        await using var front = await Front.StartAsync();

        var (status, answer) = await PostAsync(
            front,
            path,
            """{ "customerId": "ada", "type": "purchase", "value": 3 }"""
        );

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal("OUTCOME_ACCEPTED", answer.GetProperty("outcome").GetString());
        Assert.Equal(workspace, front.Backend.Workspace);
        var recorded = Assert.Single(Assert.Single(front.Backend.Batches));
        Assert.Equal(("ada", "purchase", 3.0), (recorded.CustomerId, recorded.Type, recorded.Value));
    }

    [Fact]
    public async Task Names_of_the_contract_and_of_JSON_are_both_taken()
    {
        await using var front = await Front.StartAsync();

        await PostAsync(front, "/v1/events", """{ "customer_id": "ada", "type": "purchase" }""");

        Assert.Equal("ada", front.Backend.Batches[0][0].CustomerId);
    }

    [Theory]
    [InlineData("/v1/names")]
    [InlineData("/v1/workspaces/trial/names")]
    public async Task Names_are_listed_and_pruned(string path)
    {
        await using var front = await Front.StartAsync();
        front.Backend.Names = new([new(new(NameKind.EventType, "junk"), null, 2, [])], []);

        var (listed, list) = await GetAsync(front, path);
        var (pruned, answer) = await PostAsync(front, path + ":prune", """{ "names": ["junk*"], "unusedFor": "0s" }""");

        Assert.Equal((HttpStatusCode.OK, HttpStatusCode.OK), (listed, pruned));
        Assert.Equal("junk", list.GetProperty("names")[0].GetProperty("name").GetString());
        Assert.Equal(1, answer.GetProperty("prunedCount").GetInt32());
        Assert.Equal(["junk*"], front.Backend.Pruning!.Patterns);
    }

    [Fact]
    public async Task Score_of_zero_is_printed()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnScores = _ => [Score("ada")];

        var (status, answer) = await GetAsync(front, "/v1/customers/ada:score");

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(0, answer.GetProperty("score").GetDouble());
        Assert.Equal("ada", answer.GetProperty("customerId").GetString());
    }

    [Theory]
    [InlineData("a%2Fb", "a/b")]
    [InlineData("a%2fb%3Ac", "a/b:c")]
    [InlineData("a:b", "a:b")]
    [InlineData("50%25", "50%")]
    [InlineData("%C3%A4%20%E9%A1%A7", "ä 顧")]
    [InlineData("%2E%2E", "..")]
    public async Task Id_in_a_path_may_hold_any_character(string escaped, string id)
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnScores = query => [Score(query.CustomerIds[0])];

        var (_, answer) = await GetAsync(front, $"/v1/customers/{escaped}:score");

        Assert.Equal(id, answer.GetProperty("customerId").GetString());
    }

    [Theory]
    [InlineData("""{ "customerId": "ada", "type": "x", "bogus": 1 }""", "bogus")]
    [InlineData("""{ "customerId": "ada", "type": "x", "type": "y" }""", "type")]
    [InlineData("""{ "customerId": "ada", "customer_id": "eve", "type": "x" }""", "customer_id")]
    [InlineData("""{ "customerId": 5, "type": "x" }""", "customer_id")]
    [InlineData("""{ "customerId": "ada", "type": "x", "value": "much" }""", "value")]
    [InlineData("""{ "customerId": "ada", "type": "x", "occurredAt": "01/02/2025" }""", "occurred_at")]
    [InlineData("""{ "customerId": "ada", "type": "x" """, "")]
    [InlineData("[]", "")]
    [InlineData("", "")]
    public async Task Bad_body_is_refused_with_the_field(string body, string field)
    {
        await using var front = await Front.StartAsync();

        var (status, answer) = await PostAsync(front, "/v1/events", body);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal([field], Fields(answer));
        Assert.Empty(front.Backend.Batches);
    }

    [Fact]
    public async Task Bad_element_of_a_batch_is_named_by_its_index()
    {
        await using var front = await Front.StartAsync();

        var (status, answer) = await PostAsync(
            front,
            "/v1/events:batchRecord",
            """{ "events": [ { "customerId": "a", "type": "x" }, { "customerId": "b", "type": "x", "value": [] } ] }"""
        );

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal(["events[1].value"], Fields(answer));
    }

    [Fact]
    public async Task Element_that_the_domain_rejects_does_not_fail_its_batch()
    {
        await using var front = await Front.StartAsync();

        var (status, answer) = await PostAsync(
            front,
            "/v1/events:batchRecord",
            """{ "events": [ { "customerId": "", "type": "x" }, { "customerId": "b", "type": "x" } ] }"""
        );

        Assert.Equal(HttpStatusCode.OK, status);
        Assert.Equal(
            0,
            Assert.Single(answer.GetProperty("rejections").EnumerateArray()).GetProperty("index").GetInt32()
        );
    }

    [Theory]
    [InlineData(
        """{ "customers": [ { "customerId": "a", "attributes": { "plan": "pro", "plan": "free" } } ] }""",
        "customers[0].attributes[\"plan\"]"
    )]
    [InlineData(
        """{ "customers": [ { "customerId": "a", "attributes": { "plan": 1 } } ] }""",
        "customers[0].attributes[\"plan\"]"
    )]
    [InlineData("""{ "customers": [ { "customerId": "a", "attributes": [] } ] }""", "customers[0].attributes")]
    public async Task Bad_attribute_is_named_by_its_key(string body, string field)
    {
        await using var front = await Front.StartAsync();

        var (status, answer) = await PostAsync(front, "/v1/customers:batchUpsert", body);

        Assert.Equal((HttpStatusCode.BadRequest, field), (status, Assert.Single(Fields(answer))));
    }

    [Theory]
    [InlineData("/v1/customers/ada:score?bogus=1", "bogus")]
    [InlineData("/v1/customers/ada:score?model=a&model=b", "model")]
    [InlineData("/v1/customers/ada:score?customer_id=eve", "customer_id")]
    [InlineData("/v1/customers:segmentStats?histogram.bogus=1", "histogram.bogus")]
    [InlineData("/v1/workspaces/trial/customers/ada:score?workspace=default", "workspace")]
    public async Task Bad_query_parameter_is_refused(string path, string name)
    {
        await using var front = await Front.StartAsync();

        var (status, answer) = await GetAsync(front, path);

        Assert.Equal(HttpStatusCode.BadRequest, status);
        Assert.Equal([name], Fields(answer));
    }

    [Fact]
    public async Task Body_is_bounded_like_a_message_also_without_a_length()
    {
        await using var front = await Front.StartAsync(Front.Options with { MaxMessageBytes = 1_000 });
        using var unsized = new StreamContent(new Unsized(new byte[1_001]));
        unsized.Headers.ContentType = new("application/json");

        using var answer = await front.Http.PostAsync("/v1/events", unsized, Token);

        Assert.Equal(HttpStatusCode.RequestEntityTooLarge, answer.StatusCode);
        Assert.Contains("BODY_TOO_LARGE", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("text/plain")]
    [InlineData("application/json; charset=utf-16")]
    public async Task Body_that_is_not_JSON_in_UTF8_is_refused(string type)
    {
        await using var front = await Front.StartAsync();
        using var content = new ByteArrayContent("{}"u8.ToArray());
        content.Headers.TryAddWithoutValidation("content-type", type);

        using var answer = await front.Http.PostAsync("/v1/events", content, Token);

        Assert.Equal(HttpStatusCode.UnsupportedMediaType, answer.StatusCode);
        Assert.Contains("application/json", await answer.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);
        Assert.Empty(front.Backend.Batches);
    }

    [Theory]
    [InlineData(
        "GET",
        "/v1/nothing",
        HttpStatusCode.NotFound,
        "There is no GET /v1/nothing. /openapi.json describes the routes."
    )]
    [InlineData("GET", "/", HttpStatusCode.NotFound, "There is no GET /. /openapi.json describes the routes.")]
    [InlineData(
        "DELETE",
        "/v1/workspaces/x/models",
        HttpStatusCode.MethodNotAllowed,
        "There is no DELETE /v1/workspaces/x/models, only GET of that path."
    )]
    public async Task Path_that_is_no_route_is_told(string method, string path, HttpStatusCode expected, string message)
    {
        await using var front = await Front.StartAsync();
        using var request = new HttpRequestMessage(new HttpMethod(method), path);

        using var answer = await front.Http.SendAsync(request, Token);

        Assert.Equal(expected, answer.StatusCode);
        var status = JsonDocument.Parse(await answer.Content.ReadAsStringAsync(Token)).RootElement;
        Assert.Equal(message, status.GetProperty("message").GetString());
    }

    [Fact]
    public async Task Errors_carry_their_details()
    {
        await using var front = await Front.StartAsync();

        var (status, answer) = await GetAsync(front, "/v1/customers/nobody:score");

        Assert.Equal(HttpStatusCode.NotFound, status);
        var info = answer.GetProperty("details")[0];
        Assert.Equal("type.googleapis.com/google.rpc.ErrorInfo", info.GetProperty("@type").GetString());
        Assert.Equal("CUSTOMER_NOT_FOUND", info.GetProperty("reason").GetString());
    }

    [Fact]
    public async Task Model_is_put_and_read_by_its_path()
    {
        await using var front = await Front.StartAsync();
        var model =
            """{ "terms": [ { "eventType": "x", "halfLifeDays": 7, "weight": 1 } ], "targetPoints": 10, "bands": [ { "name": "all", "engagement": "ENGAGEMENT_ENGAGED" } ] }""";
        using var content = new StringContent(model, Encoding.UTF8, "application/json");

        using var answer = await front.Http.PutAsync("/v1/models/mine?validate_only=true", content, Token);

        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.True(answer.IsSuccessStatusCode, text);
        Assert.Equal("mine", JsonDocument.Parse(text).RootElement.GetProperty("name").GetString());
    }

    [Fact]
    public async Task Routes_are_described_with_the_comments_of_the_contract()
    {
        await using var front = await Front.StartAsync(Front.Options with { ApiPage = true });

        var (_, document) = await GetAsync(front, "/openapi.json");

        var methods = new[]
        {
            V1.ScoringService.Descriptor,
            V1.ModelService.Descriptor,
            V1.SegmentService.Descriptor,
            V1.CustomerService.Descriptor,
            V1.HistoryService.Descriptor,
        }.SelectMany(service => service.Methods);
        var paths = document.GetProperty("paths");
        // Each but the streams, with and without a workspace; those of keys and of the audit log are of all workspaces.
        Assert.Equal(
            (2 * methods.Count(method => !method.IsClientStreaming && !method.IsServerStreaming))
                + V1.AdminService.Descriptor.Methods.Count,
            paths.EnumerateObject().Sum(path => path.Value.EnumerateObject().Count())
        );
        Assert.Equal(
            "Scores one customer, with why.",
            paths.GetProperty("/v1/customers/{customerId}:score").GetProperty("get").GetProperty("summary").GetString()
        );
        Assert.Contains(
            "What happened",
            document.GetProperty("components").GetProperty("schemas").GetProperty("Event").GetRawText(),
            StringComparison.Ordinal
        );
    }

    [Theory]
    [InlineData(true, HttpStatusCode.OK)]
    [InlineData(false, HttpStatusCode.NotFound)]
    public async Task Page_to_try_the_routes_is_there_if_it_is_wanted(bool wanted, HttpStatusCode expected)
    {
        await using var front = await Front.StartAsync(Front.Options with { ApiPage = wanted });

        using var answer = await front.Http.GetAsync("/try/index.html", Token);

        Assert.Equal(expected, answer.StatusCode);
    }

    private static CustomerScore Score(string customer) =>
        new()
        {
            CustomerId = customer,
            AccountId = "",
            Attributes = [],
            Points = 0,
            Score = 0,
            Band = "disengaged",
            Lifecycle = Core.Lifecycles.Lifecycle.Active,
            Momentum = null,
            Contributions = [],
            NextBand = null,
            ModelName = "engagement",
            ModelVersion = 1,
            ReadTime = Instant.From(Front.Now),
            LastEventTime = null,
        };

    private static IEnumerable<string?> Fields(JsonElement status) =>
        status
            .GetProperty("details")
            .EnumerateArray()
            .Where(detail => detail.GetProperty("@type").GetString()!.EndsWith("BadRequest", StringComparison.Ordinal))
            .SelectMany(detail => detail.GetProperty("fieldViolations").EnumerateArray())
            .Select(violation => violation.TryGetProperty("field", out var field) ? field.GetString() : "");

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> PostAsync(
        Front front,
        string path,
        string body
    )
    {
        using var content = new StringContent(body, Encoding.UTF8, "application/json");
        using var answer = await front.Http.PostAsync(path, content, Token);
        return (answer.StatusCode, await ReadAsync(answer));
    }

    private static async Task<(HttpStatusCode Status, JsonElement Answer)> GetAsync(Front front, string path)
    {
        // The path is sent as it is written.
        var uri = new Uri(
            front.Http.BaseAddress + path[1..],
            new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
        );
        using var answer = await front.Http.GetAsync(uri, Token);
        return (answer.StatusCode, await ReadAsync(answer));
    }

    private static async Task<JsonElement> ReadAsync(HttpResponseMessage answer)
    {
        var text = await answer.Content.ReadAsStringAsync(Token);
        Assert.StartsWith("{", text, StringComparison.Ordinal);
        return JsonDocument.Parse(text).RootElement;
    }

    /// <summary>A body that does not tell its length.</summary>
    private sealed class Unsized(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }
}
