using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Tests.Models;

public sealed class ModelRulesSpecs
{
    private static readonly EventTerm Visit = new("visit", 7, Measure.Count, 1);
    private static readonly ScoringModel Valid = Samples.Model(Visit);

    public static TheoryData<ScoringModel, string> Faulty =>
        new()
        {
            { Valid with { Name = "Engagement" }, "name" },
            { Valid with { Name = "" }, "name" },
            { Valid with { Name = "7days" }, "name" },
            { Valid with { Name = new string('a', 65) }, "name" },
            { Valid with { Description = new string('a', 1_025) }, "description" },
            { Valid with { TargetPoints = 0 }, "target_points" },
            { Valid with { TargetPoints = double.NaN }, "target_points" },
            { Valid with { TargetPoints = double.PositiveInfinity }, "target_points" },
            { Valid with { TargetPoints = 1e-140 }, "target_points" },
            { Valid with { TargetPoints = 9.9e-7 }, "target_points" },
            { Valid with { TargetPoints = 1.1e12 }, "target_points" },
            { Valid with { Terms = [] }, "terms" },
            {
                Valid with
                {
                    Terms = [.. Enumerable.Range(0, 257).Select(i => new EventTerm($"t{i}", 7, Measure.Count, 1))],
                },
                "terms"
            },
            { Valid with { Terms = [Visit, Visit with { Weight = 2 }] }, "terms[1]" },
            { Valid with { Terms = [Visit with { EventType = "" }] }, "terms[0].event_type" },
            { Valid with { Terms = [Visit with { EventType = "a\nb" }] }, "terms[0].event_type" },
            { Valid with { Terms = [Visit with { EventType = "a\u202Eb" }] }, "terms[0].event_type" },
            { Valid with { Description = "a\u001B]52;c;eA==\a" }, "description" },
            { Valid with { Description = "a\u202Eb" }, "description" },
            { Valid with { Bands = [Samples.Bands[4] with { Title = "\u001B]52;c;eA==\a" }] }, "bands[0].title" },
            { Valid with { Bands = [Samples.Bands[4] with { Title = "a\nb" }] }, "bands[0].title" },
            { Valid with { Bands = [Samples.Bands[4] with { Title = "a\u2067b" }] }, "bands[0].title" },
            { Valid with { Terms = [Visit with { HalfLifeDays = 8 }] }, "terms[0].half_life_days" },
            { Valid with { Terms = [Visit with { Weight = double.NaN }] }, "terms[0].weight" },
            { Valid with { Terms = [Visit with { Cap = 0 }] }, "terms[0].cap" },
            { Valid with { Terms = [Visit with { Weight = -1.1e12 }] }, "terms[0].weight" },
            { Valid with { Terms = [Visit with { Cap = 1e-7 }] }, "terms[0].cap" },
            { Valid with { Terms = [Visit with { Cap = 1.1e12 }] }, "terms[0].cap" },
            { Of(new FeatureTerm([], FeatureMeasure.Uses, 0, 1)), "terms[0].feature.features" },
            { Of(new FeatureTerm(["a", ""], FeatureMeasure.Uses, 0, 1)), "terms[0].feature.features[1]" },
            { Of(new FeatureTerm(["a", "a"], FeatureMeasure.Uses, 0, 1)), "terms[0].feature.features[1]" },
            { Of(new FeatureTerm(["a\nb"], FeatureMeasure.Uses, 0, 1)), "terms[0].feature.features[0]" },
            { Of(new FeatureTerm(["a"], FeatureMeasure.Uses, 7, 1)), "terms[0].feature.window_days" },
            { Of(new FeatureTerm(["a"], FeatureMeasure.Distinct, -1, 1)), "terms[0].feature.window_days" },
            { Of(new FeatureTerm(["a"], FeatureMeasure.Distinct, 36_501, 1)), "terms[0].feature.window_days" },
            {
                Of(
                    new FeatureTerm(["a", "b"], FeatureMeasure.Uses, 0, 1),
                    new FeatureTerm(["b", "a"], FeatureMeasure.Uses, 0, 2)
                ),
                "terms[1]"
            },
            { Of(new AttributeTerm("", ["pro"], [], 1)), "terms[0].attribute.key" },
            { Of(new AttributeTerm(new string('k', 65), ["pro"], [], 1)), "terms[0].attribute.key" },
            { Of(new AttributeTerm("plan", [], [], 1)), "terms[0].attribute" },
            { Of(new AttributeTerm("plan", ["pro"], [new(1, 1)], 1)), "terms[0].attribute" },
            {
                Of(new AttributeTerm("plan", [.. Enumerable.Range(0, 65).Select(i => $"{i}")], [], 1)),
                "terms[0].attribute"
            },
            { Of(new AttributeTerm("plan", ["pro", ""], [], 1)), "terms[0].attribute.values[1]" },
            { Of(new AttributeTerm("plan", ["\u202E"], [], 1)), "terms[0].attribute.values[0]" },
            { Of(new AttributeTerm("seats", [], [new(1, 1), new(1, 2)], 1)), "terms[0].attribute.steps[1].from" },
            { Of(new AttributeTerm("seats", [], [new(double.NaN, 1)], 1)), "terms[0].attribute.steps[0].from" },
            { Of(new AttributeTerm("seats", [], [new(1, 1.1e12)], 1)), "terms[0].attribute.steps[0].quantity" },
            { Of(new AttributeTerm("plan", ["pro"], [], double.NaN)), "terms[0].weight" },
            {
                Of(new AttributeTerm("plan", ["a", "b"], [], 1), new AttributeTerm("plan", ["b", "a"], [], 2)),
                "terms[1]"
            },
            {
                Of([.. Enumerable.Range(0, 5).Select(i => new AttributeTerm($"k{i}", [.. Values(64)], [], 1))]),
                "terms"
            },
            {
                Of([
                    .. Enumerable
                        .Range(0, 2)
                        .Select(i => new AttributeTerm(
                            $"k{i}",
                            [],
                            [.. Enumerable.Range(0, 513).Select(from => new Step(from, 1))],
                            1
                        )),
                ]),
                "terms"
            },
            { Of(new ActiveDaysTerm(0, 1)), "terms[0].active_days.window_days" },
            { Of(new ActiveDaysTerm(193, 1)), "terms[0].active_days.window_days" },
            { Of(new ActiveDaysTerm(7, 1), new ActiveDaysTerm(7, 2)), "terms[1]" },
            { Of(new RecencyTerm([], 0, 1)), "terms[0].recency" },
            { Of(new RecencyTerm([new(0, 1)], 7, 1)), "terms[0].recency" },
            { Of(new RecencyTerm([], 8, 1)), "terms[0].recency.half_life_days" },
            { Of(new RecencyTerm([], 7, 1, Cap: 1)), "terms[0].cap" },
            { Of(new RecencyTerm([new(-1, 1)], 0, 1)), "terms[0].recency.steps[0].from" },
            { Of(new RecencyTerm([new(1.5, 1)], 0, 1)), "terms[0].recency.steps[0].from" },
            { Of(new RecencyTerm([new(36_501, 1)], 0, 1)), "terms[0].recency.steps[0].from" },
            { Of(new RecencyTerm([], 7, 1), new RecencyTerm([], 7, 1)), "terms[1]" },
            { Of(Recent("")), "terms[0].recency.event_type" },
            { Of(Recent(new string('x', 129))), "terms[0].recency.event_type" },
            { Of(Recent("visit"), Recent("visit") with { Weight = 2 }), "terms[1]" },
            { Of(Visit with { Dimension = "depth" }), "terms[0].dimension" },
            { In([new("depth", "")], Visit), "terms[0].dimension" },
            { In([new("depth", "")], Visit with { Dimension = "fit" }), "terms[0].dimension" },
            { In([new("Depth", "")], Visit with { Dimension = "Depth" }), "dimensions[0].name" },
            { In([new("depth", ""), new("depth", "")], Visit with { Dimension = "depth" }), "dimensions[1].name" },
            { In([new("depth", new string('x', 129))], Visit with { Dimension = "depth" }), "dimensions[0].title" },
            { In([new("depth", "a\nb")], Visit with { Dimension = "depth" }), "dimensions[0].title" },
            { In([new("depth", "", 0)], Visit with { Dimension = "depth" }), "dimensions[0].cap" },
            {
                In(
                    [.. Enumerable.Range(0, 17).Select(i => new Dimension($"d{i}", ""))],
                    Visit with
                    {
                        Dimension = "d1",
                    }
                ),
                "dimensions"
            },
            { Valid with { Floor = double.NaN }, "floor" },
            { Valid with { Floor = -1.1e12 }, "floor" },
            { Valid with { Ceiling = double.PositiveInfinity }, "ceiling" },
            { Valid with { Floor = 5, Ceiling = 5 }, "ceiling" },
            { Valid with { GraceDays = -1 }, "grace_days" },
            { Valid with { GraceDays = 3_651 }, "grace_days" },
            { Valid with { Bands = [Samples.Bands[0] with { UpperEnd = 1.1e12 }, Samples.Bands[4]] }, "bands[0]" },
            { Valid with { Bands = [Samples.Bands[0] with { UpperEnd = double.NaN }, Samples.Bands[4]] }, "bands[0]" },
            { WithSecondEnd(40.00001), "bands[1]" },
            { Valid with { Bands = [] }, "bands" },
            { Valid with { Bands = [.. Samples.Bands.Take(2)] }, "bands[1]" },
            { Valid with { Bands = [Samples.Bands[4], Samples.Bands[4] with { Name = "b" }] }, "bands[0]" },
            { Valid with { Bands = [Samples.Bands[1], Samples.Bands[0], Samples.Bands[4]] }, "bands[1]" },
            { Valid with { Bands = [Samples.Bands[1], Samples.Bands[1], Samples.Bands[4]] }, "bands[1].name" },
            { Valid with { Bands = [Samples.Bands[4] with { Name = "Power User" }] }, "bands[0].name" },
            { Valid with { Bands = [Samples.Bands[4] with { Title = new string('x', 129) }] }, "bands[0].title" },
        };

    [Fact]
    public void A_valid_model_has_no_faults() => Assert.Empty(ModelRules.Check(Valid, Samples.Workspace));

    [Fact]
    public void A_description_has_lines_and_text_from_right_to_left() =>
        Assert.Empty(
            ModelRules.Check(
                Valid with
                {
                    Description = "Two\r\n\tlines, \u2067שלום\u2069 and ‏مرحبا.",
                },
                Samples.Workspace
            )
        );

    [Fact]
    public void A_fault_of_what_is_not_seen_names_the_character_and_says_what_to_do() =>
        Assert.Equal(
            [
                new(
                    "bands[0].title",
                    "must not contain control characters or marks of direction, which are not seen: remove U+001B"
                ),
            ],
            ModelRules.Check(Valid with { Bands = [Samples.Bands[4] with { Title = "\u001B[31m" }] }, Samples.Workspace)
        );

    [Fact]
    public void A_model_that_an_earlier_build_stored_stays_readable_whatever_its_texts_hold() =>
        Assert.Empty(
            ModelRules.CheckStored(
                Valid with
                {
                    Description = "\u001B",
                    Bands = [Samples.Bands[4] with { Title = "\u001B\u202E" }],
                },
                Samples.Workspace
            )
        );

    [Fact]
    public void Numbers_at_their_bounds_are_valid()
    {
        Assert.Empty(ModelRules.Check(WithSecondEnd(40.0001), Samples.Workspace));
        foreach (var (target, weight, cap) in ((double, double, double)[])[(1e-6, -1e12, 1e-6), (1e12, 1e12, 1e12)])
        {
            var model = Valid with { TargetPoints = target, Terms = [Visit with { Weight = weight, Cap = cap }] };
            Assert.Empty(ModelRules.Check(model, Samples.Workspace));
        }
    }

    private static RecencyTerm Recent(string eventType) => new([], 7, 1) { EventType = eventType };

    private static ScoringModel Of(params Term[] terms) => Valid with { Terms = terms };

    private static ScoringModel In(Dimension[] dimensions, Term term) => Of(term) with { Dimensions = dimensions };

    private static IEnumerable<string> Values(int count) =>
        Enumerable.Range(0, count).Select(i => $"{i}".PadLeft(Limits.AttributeValueBytes, 'x'));

    private static ScoringModel WithSecondEnd(double end) =>
        Valid with
        {
            Bands =
            [
                Samples.Bands[0] with
                {
                    UpperEnd = 40,
                },
                Samples.Bands[1] with
                {
                    UpperEnd = end,
                },
                Samples.Bands[4],
            ],
        };

    [Theory]
    [MemberData(nameof(Faulty), DisableDiscoveryEnumeration = true)]
    public void A_fault_is_named_by_its_field(ScoringModel model, string field) =>
        Assert.Contains(field, ModelRules.Check(model, Samples.Workspace).Select(fault => fault.Field));
}
