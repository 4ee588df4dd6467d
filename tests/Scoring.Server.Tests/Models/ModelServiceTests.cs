using Grpc.Core;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Server.Models;

namespace Scoring.Server.Tests.Models;

public sealed class ModelServiceTests
{
    private static ScoringModel Model(string name = "engagement", int version = 1, string eventType = "purchase") =>
        new()
        {
            Name = name,
            Version = version,
            Terms = [new EventTerm(eventType, 7, Measure.Count, 2)],
            TargetPoints = 10,
            Bands =
            [
                new Band("low", "Low", Engagement.NotEngaged, 50, true),
                new Band("high", "", Engagement.Engaged, null, false),
            ],
        };

    [Fact]
    public async Task Model_comes_with_the_event_types_that_no_model_names()
    {
        await using var front = await Front.StartAsync();
        var recency = new RecencyTerm([], 7, 1) { EventType = "invoice_sent" };
        front.Backend.Models.AddRange([
            Model("adoption", eventType: "feature_used"),
            Model("billing") with
            {
                Terms = [recency],
            },
            Model(),
        ]);
        front.Backend.EventTypes.AddRange(["feature_used", "invoice_sent", "mystery", "purchase"]);

        var response = await front.CallAsync<V1.GetScoringModelRequest, V1.ScoringModel>("GetScoringModel", new());

        Assert.Equal("engagement", response.Name);
        Assert.Equal(["mystery"], response.UnscoredEventTypes);
    }

    [Fact]
    public async Task Unknown_model_is_not_found()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Models.Add(Model());

        var failure = await front.FailAsync<V1.GetScoringModelRequest, V1.ScoringModel>(
            "GetScoringModel",
            new() { Name = "engagment" }
        );

        Assert.Equal((StatusCode.NotFound, "MODEL_NOT_FOUND"), (failure.Code, failure.Reason));
        Assert.Equal("engagment", failure.Metadata["model"]);
        Assert.Contains(" The nearest known: engagement. ", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Model_is_stored_as_it_was_sent()
    {
        await using var front = await Front.StartAsync();
        ScoringModel? stored = null;
        front.Backend.OnPut = model => stored = model with { Version = 5 };

        var response = await front.CallAsync<V1.PutScoringModelRequest, V1.ScoringModel>(
            "PutScoringModel",
            new() { Model = ModelMessages.ToProto(Model(version: 4)) }
        );

        Assert.Equivalent(Model(version: 5) with { Change = new("anonymous", "") }, stored);
        Assert.Equal(5, response.Version);
    }

    [Fact]
    public async Task Every_fault_of_a_model_is_named()
    {
        await using var front = await Front.StartAsync();
        var model = ModelMessages.ToProto(Model());
        model.Etag = "latest";
        model.TargetPoints = 0;
        model.Terms[0].Weight = double.NaN;
        model.Terms[0].HalfLifeDays = 8;
        model.Bands[0].Engagement = V1.Engagement.Unspecified;

        var failure = await front.FailAsync<V1.PutScoringModelRequest, V1.ScoringModel>(
            "PutScoringModel",
            new() { Model = model }
        );

        Assert.Equal((StatusCode.InvalidArgument, "FIELD_INVALID"), (failure.Code, failure.Reason));
        string[] expected =
        [
            "model.bands[0].engagement",
            "model.etag",
            "model.target_points",
            "model.terms[0].half_life_days",
            "model.terms[0].weight",
        ];
        Assert.Equal(expected, failure.Fields.Order());
    }

    [Fact]
    public async Task More_faults_than_a_status_can_carry_are_counted()
    {
        await using var front = await Front.StartAsync();
        var model = ModelMessages.ToProto(Model());
        model.Terms.Add(
            Enumerable
                .Range(0, 200)
                .Select(i => new V1.Term
                {
                    EventType = $"type-{i}",
                    HalfLifeDays = 7,
                    Weight = double.NaN,
                })
        );

        var failure = await front.FailAsync<V1.PutScoringModelRequest, V1.ScoringModel>(
            "PutScoringModel",
            new() { Model = model }
        );

        Assert.InRange(failure.Fields.Count, 5, 199);
        Assert.EndsWith($"; and {200 - failure.Fields.Count} more", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Missing_model_is_an_error()
    {
        await using var front = await Front.StartAsync();

        var failure = await front.FailAsync<V1.PutScoringModelRequest, V1.ScoringModel>("PutScoringModel", new());

        Assert.Equal(["model"], failure.Fields);
    }

    [Fact]
    public async Task Half_lives_are_those_of_the_workspace()
    {
        await using var front = await Front.StartAsync();
        var model = ModelMessages.ToProto(Model());

        var failure = await front.FailAsync<V1.PutScoringModelRequest, V1.ScoringModel>(
            "PutScoringModel",
            new() { Workspace = "trial", Model = model }
        );

        Assert.Equal(["model.terms[0].half_life_days"], failure.Fields);
        Assert.Contains("14", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Trial_run_tells_what_would_be_stored_and_stores_nothing()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Models.Add(Model(version: 3));
        front.Backend.OnPut = _ => throw new InvalidOperationException("must not be called");

        var response = await front.CallAsync<V1.PutScoringModelRequest, V1.ScoringModel>(
            "PutScoringModel",
            new() { Model = ModelMessages.ToProto(Model(version: 0)), ValidateOnly = true }
        );

        Assert.Equal(4, response.Version);
    }

    [Fact]
    public async Task Trial_run_sees_a_version_conflict()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Models.Add(Model(version: 3));

        var failure = await front.FailAsync<V1.PutScoringModelRequest, V1.ScoringModel>(
            "PutScoringModel",
            new() { Model = ModelMessages.ToProto(Model(version: 2)), ValidateOnly = true }
        );

        Assert.Equal((StatusCode.Aborted, "ETAG_MISMATCH"), (failure.Code, failure.Reason));
    }

    [Fact]
    public async Task Pages_give_every_model_once_in_order()
    {
        await using var front = await Front.StartAsync();
        string[] names = ["adoption", "churn", "engagement", "health", "trial"];
        front.Backend.Models.AddRange(names.Select(name => Model(name)));
        var found = new List<string>();
        var token = "";
        do
        {
            var page = await front.CallAsync<V1.ListScoringModelsRequest, V1.ListScoringModelsResponse>(
                "ListScoringModels",
                new() { PageSize = 2, PageToken = token }
            );
            Assert.InRange(page.Models.Count, 1, 2);
            found.AddRange(page.Models.Select(model => model.Name));
            token = page.NextPageToken;
        } while (token.Length > 0);

        Assert.Equal(names, found);
    }

    [Theory]
    [InlineData(-1, "", "page_size")]
    [InlineData(1_001, "", "page_size")]
    [InlineData(0, "nonsense!", "page_token")]
    [InlineData(0, "bm9uc2Vuc2U", "page_token")]
    public async Task Bad_page_is_refused(int size, string token, string field)
    {
        await using var front = await Front.StartAsync();

        var failure = await front.FailAsync<V1.ListScoringModelsRequest, V1.ListScoringModelsResponse>(
            "ListScoringModels",
            new() { PageSize = size, PageToken = token }
        );

        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal([field], failure.Fields);
    }
}
