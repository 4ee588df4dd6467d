using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Models;

namespace Scoring.Core.Tests.Models;

/// <summary>Models as they are stored.</summary>
public sealed class ModelJsonSpecs
{
    private const string Event = """{"EventType":"visit","HalfLifeDays":7,"Measure":1,"Weight":2.5,"Cap":null}""";

    [Fact]
    public void A_model_of_events_is_stored_as_it_always_was()
    {
        var model = Samples.Model(new EventTerm("visit", 7, Measure.Value, 2.5));

        var stored = Encoding.UTF8.GetString(ModelJson.Write(model));

        Assert.DoesNotContain("Dimension", stored, StringComparison.Ordinal);
        Assert.Contains($"\"Terms\":[{Event}],\"TargetPoints\"", stored, StringComparison.Ordinal);
        Assert.Equal(model.Terms, ModelJson.Read(Encoding.UTF8.GetBytes(stored)).Terms);
    }

    [Fact]
    public void Terms_of_every_kind_are_read_as_they_were_stored()
    {
        var model = Samples.Model(
            new EventTerm("visit", 0, Measure.Count, 1, Cap: 3),
            new FeatureTerm(["a", "b"], FeatureMeasure.Distinct, 30, -1, Cap: 2),
            new AttributeTerm("plan", ["pro"], [], 10),
            new AttributeTerm("seats", [], [new(1, 2), new(3, 4)], 0.5),
            new ActiveDaysTerm(30, 2),
            new RecencyTerm([new(0, 1)], 0, 2) { Dimension = "fit" },
            new RecencyTerm([], 7, 2),
            new RecencyTerm([], 7, 2) { EventType = "purchase" }
        ) with
        {
            Dimensions = [new("fit", "Fit", 3)],
            Floor = -5,
            Ceiling = 120,
            GraceDays = 14,
        };

        var read = ModelJson.Read(ModelJson.Write(model));

        Assert.Equivalent(model, read, strict: true);
        Assert.Equal(model.Terms.Select(term => term.GetType()), read.Terms.Select(term => term.GetType()));
    }

    [Fact]
    public void A_kind_that_is_not_known_is_refused()
    {
        var stored = Encoding.UTF8.GetString(
            ModelJson.Write(Samples.Model(new EventTerm("visit", 7, Measure.Value, 2.5)))
        );

        var newer = stored.Replace(Event, $"{{\"Weather\":{Event}}}", StringComparison.Ordinal);

        Assert.Throws<InvalidDataException>(() => ModelJson.Read(Encoding.UTF8.GetBytes(newer)));
    }
}
