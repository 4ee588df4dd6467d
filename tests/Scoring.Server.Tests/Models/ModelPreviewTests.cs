using Grpc.Core;
using Scoring.Core.Filters;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Server.Tests.Reading;
using Scoring.V1;
using Engagement = Scoring.Core.Models.Engagement;
using Measure = Scoring.Core.Facts.Measure;
using ScoringModel = Scoring.Core.Models.ScoringModel;

namespace Scoring.Server.Tests.Models;

/// <summary>What scores would be under a model that is not stored.</summary>
public sealed class ModelPreviewTests
{
    private static readonly V1.ScoringModel Candidate = new()
    {
        Name = "engagement",
        Etag = "whatever",
        TargetPoints = 10,
        Terms =
        {
            new V1.Term { EventType = "purchase", Weight = 2 },
        },
        Bands =
        {
            new V1.Band
            {
                Name = "low",
                Engagement = V1.Engagement.NotEngaged,
                Below = 50,
            },
            new V1.Band { Name = "high", Engagement = V1.Engagement.Engaged },
        },
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_candidate_is_compared_with_the_model_of_its_name_and_nothing_is_stored()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Models.Add(Stored());
        front.Backend.OnPut = _ => throw new InvalidOperationException("A preview stores nothing.");
        front.Backend.OnPreview = query =>
            new(
                Statistics(query, "engagement", 7, ["none", "some"]),
                Statistics(query, "engagement", 0, ["low", "high"]),
                [
                    [3, 0],
                    [1, 6],
                ],
                [],
                []
            );

        var answer = await Client(front)
            .PreviewScoringModelAsync(new() { Model = Candidate, Filter = "plan = pro" }, cancellationToken: Token);

        var asked = front.Backend.PreviewQuery!;
        Assert.Equal(("engagement", 10), (asked.Model, asked.Movers));
        Assert.Equal(
            ("purchase", 2),
            (
                Assert.IsType<Core.Models.EventTerm>(asked.Candidate.Terms.Single()).EventType,
                asked.Candidate.Terms.Single().Weight
            )
        );
        Assert.Equal((7, 0), (answer.Current.ModelVersion, answer.Candidate.ModelVersion));
        Assert.Equal(
            [("none", "low", 3), ("some", "low", 1), ("some", "high", 6)],
            answer.Migrations.Select(m => (m.FromBand, m.ToBand, m.CustomerCount))
        );
    }

    [Fact]
    public async Task Segments_are_told_of_beside_the_whole_in_the_order_of_the_request()
    {
        await using var front = await Front.StartAsync();
        front.Backend.OnPreview = query =>
        {
            var (current, candidate) = (Statistics(query, "m", 1, ["low"]), Statistics(query, "m", 0, ["high"]));
            return new(current, candidate, [], [], [])
            {
                Segments =
                [
                    .. query.Segments.Select(
                        (_, i) =>
                            new SegmentPreview(
                                current with
                                {
                                    Customers = i,
                                },
                                candidate,
                                [
                                    [i],
                                ]
                            )
                    ),
                ],
            };
        };
        var answer = await Client(front)
            .PreviewScoringModelAsync(
                new()
                {
                    Model = Candidate,
                    Segments =
                    {
                        new SegmentChoice { Filter = "plan = free" },
                        new SegmentChoice { Filter = "plan = pro" },
                    },
                },
                cancellationToken: Token
            );

        Assert.Equivalent(
            new[] { Filter.Parse("plan = free"), Filter.Parse("plan = pro") },
            front.Backend.PreviewQuery!.Segments,
            strict: true
        );
        Assert.Equal([0, 1], answer.Segments.Select(segment => segment.Current.CustomerCount));
        Assert.Empty(answer.Segments[0].Migrations);
        Assert.Equal(
            new BandMigration
            {
                FromBand = "low",
                ToBand = "high",
                CustomerCount = 1,
            },
            answer.Segments[1].Migrations.Single()
        );
    }

    [Theory]
    [InlineData("", 0, true, "engagement")]
    [InlineData("", 3, true, "engagement@3")]
    [InlineData("", 0, false, "")]
    [InlineData("adoption", 2, true, "adoption@2")]
    public async Task What_it_is_compared_with_can_be_named(string against, int version, bool isStored, string expected)
    {
        await using var front = await Front.StartAsync();
        if (isStored)
        {
            front.Backend.Models.Add(Stored());
        }
        front.Backend.OnPreview = query =>
            new(Statistics(query, "m", 1, []), Statistics(query, "m", 0, []), [], [], []);
        await Client(front)
            .PreviewScoringModelAsync(
                new()
                {
                    Model = Candidate,
                    Against = against,
                    AgainstVersion = version,
                    MoverCount = 0,
                },
                cancellationToken: Token
            );
        Assert.Equal((expected, 0), (front.Backend.PreviewQuery!.Model, front.Backend.PreviewQuery.Movers));
    }

    [Theory]
    [InlineData(0, "", "", 7)]
    [InlineData(2, "", "", 2)]
    [InlineData(0, "fit", "fit", 7)]
    public async Task A_shadow_that_is_stored_is_tried_in_the_place_of_a_candidate(
        int version,
        string against,
        string expected,
        int tried
    )
    {
        await using var front = await Front.StartAsync();
        front.Backend.Models.Add(Stored());
        front.Backend.FormerModels.Add(Stored() with { Version = 2 });
        front.Backend.OnPreview = query =>
            new(Statistics(query, "m", 1, []), Statistics(query, "m", 0, []), [], [], []);

        await Client(front)
            .PreviewScoringModelAsync(
                new()
                {
                    Shadow = "engagement",
                    ShadowVersion = version,
                    Against = against,
                },
                cancellationToken: Token
            );

        var asked = front.Backend.PreviewQuery!;
        Assert.Equal((expected, "engagement", tried), (asked.Model, asked.Candidate.Name, asked.Candidate.Version));
    }

    [Fact]
    public async Task A_shadow_is_a_model_that_there_is_and_is_tried_alone()
    {
        await using var front = await Front.StartAsync();
        front.Backend.Models.Add(Stored());

        var none = await FailAsync(front, new() { Shadow = "engagment" });
        var forgotten = await FailAsync(front, new() { Shadow = "engagement", ShadowVersion = 3 });
        var both = await FailAsync(front, new() { Shadow = "engagement", Model = Candidate });
        var versionOnly = await FailAsync(front, new() { Model = Candidate, ShadowVersion = 3 });

        Assert.Equal((StatusCode.NotFound, "MODEL_NOT_FOUND"), (none.Code, none.Reason));
        Assert.Equal((StatusCode.NotFound, "MODEL_VERSION_NOT_FOUND"), (forgotten.Code, forgotten.Reason));
        Assert.Equal(["shadow"], both.Fields);
        Assert.Equal(["shadow_version"], versionOnly.Fields);
    }

    [Fact]
    public async Task Every_fault_of_a_candidate_is_named_with_its_field()
    {
        await using var front = await Front.StartAsync();
        var wrong = Candidate.Clone();
        wrong.TargetPoints = 0;
        wrong.Terms[0].EventType = "";
        var failure = await FailAsync(front, new() { Model = wrong });
        Assert.Equal(StatusCode.InvalidArgument, failure.Code);
        Assert.Equal(["model.target_points", "model.terms[0].event_type"], failure.Fields.Order());

        Assert.Equal(["model"], (await FailAsync(front, new())).Fields);
        Assert.Equal(["mover_count"], (await FailAsync(front, new() { Model = Candidate, MoverCount = 101 })).Fields);
        Assert.Equal(["filter"], (await FailAsync(front, new() { Model = Candidate, Filter = "plan ==" })).Fields);
        SegmentChoice everyone = new();
        Assert.Equal(["segments[1].filter"], await OfSegments(everyone, new() { Filter = "plan ==" }));
        Assert.Equal(["segments[0].segment"], await OfSegments(new SegmentChoice { Segment = "nobodys" }));
        Assert.Equal(["segments"], await OfSegments([.. Enumerable.Repeat(everyone, 21)]));

        async Task<IEnumerable<string>> OfSegments(params SegmentChoice[] segments) =>
            (await FailAsync(front, new() { Model = Candidate, Segments = { segments } })).Fields;
    }

    private static ModelService.ModelServiceClient Client(Front front) => new(front.Channel);

    private static async Task<CallFailure> FailAsync(Front front, PreviewScoringModelRequest request) =>
        CallFailure.Of(
            await Assert.ThrowsAsync<RpcException>(() =>
                Client(front).PreviewScoringModelAsync(request, cancellationToken: Token).ResponseAsync
            )
        );

    private static ScoringModel Stored() =>
        new()
        {
            Name = "engagement",
            Version = 7,
            Terms = [new Core.Models.EventTerm("purchase", 7, Measure.Count, 2)],
            TargetPoints = 10,
            Bands = [new("low", "", Engagement.NotEngaged, null, false)],
        };

    private static SegmentStatistics Statistics(PreviewQuery query, string model, int version, string[] bands) =>
        ReadingTests.Empty(query.Statistics) with
        {
            Customers = 10,
            Bands = [.. bands.Select(band => new Core.Segments.BandCount(band, 5, 0.5))],
            ReadTime = Instant.From(Front.Now),
            ModelName = model,
            ModelVersion = version,
        };
}
