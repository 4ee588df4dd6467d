using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Tests.Models;

public sealed class ModelRulesSpecs
{
    private static readonly Term Visit = new("visit", 7, Measure.Count, 1);
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
                    Terms = [.. Enumerable.Range(0, 257).Select(i => new Term($"t{i}", 7, Measure.Count, 1))],
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
