using System.Globalization;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;

namespace Scoring.ModelFiles;

/// <summary>Scoring models from the words of the contract.</summary>
public static class ModelReading
{
    /// <summary>What an etag must be.</summary>
    public const string EtagRule = "must be the etag of the model as it was read, or empty, for whatever is there";

    /// <summary>Reads a model and finds every fault of it.</summary>
    /// <param name="message">The model.</param>
    /// <param name="workspace">The workspace it is meant for.</param>
    /// <param name="faults">Its faults; empty when it is valid.</param>
    public static ScoringModel Read(
        V1.ScoringModel message,
        WorkspaceSettings workspace,
        out IReadOnlyList<ModelFault> faults
    )
    {
        var found = new List<ModelFault>();
        if (!TryReadEtag(message.Etag, out var version))
        {
            found.Add(new("etag", EtagRule));
        }
        var model = new ScoringModel
        {
            Name = message.Name,
            Version = version,
            Description = message.Description,
            Terms = [.. message.Terms.Select((term, i) => Read(term, $"terms[{i}]", found))],
            TargetPoints = message.TargetPoints,
            Dimensions = [.. message.Dimensions.Select(Read)],
            Floor = message.HasFloor ? message.Floor : null,
            Ceiling = message.HasCeiling ? message.Ceiling : null,
            GraceDays = message.GraceDays,
            Bands = [.. message.Bands.Select((band, i) => Read(band, $"bands[{i}]", found))],
        };
        CheckUnicode(model, found);
        found.AddRange(ModelRules.Check(model, workspace));
        faults = found;
        return model;
    }

    /// <summary>Reads the version that an etag stands for; 0 for none.</summary>
    public static bool TryReadEtag(string etag, out int version)
    {
        version = 0;
        return etag.Length == 0
            || (
                etag[0] == 'v'
                && int.TryParse(etag.AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out version)
                && version > 0
            );
    }

    private static Term Read(V1.Term term, string field, List<ModelFault> faults)
    {
        if (term.KindCase != V1.Term.KindOneofCase.None)
        {
            RefuseEventFields(term, field, faults);
        }
        double? cap = term.HasCap ? term.Cap : null;
        Term read = term.KindCase switch
        {
            V1.Term.KindOneofCase.Feature => new FeatureTerm(
                [.. term.Feature.Features],
                Read(term.Feature.Measure, $"{field}.feature", faults),
                term.Feature.WindowDays,
                term.Weight,
                cap
            ),
            V1.Term.KindOneofCase.Attribute => new AttributeTerm(
                term.Attribute.Key,
                [.. term.Attribute.Values],
                Read(term.Attribute.Steps),
                term.Weight,
                cap
            ),
            V1.Term.KindOneofCase.Recency => new RecencyTerm(
                Read(term.Recency.Steps),
                term.Recency.HalfLifeDays,
                term.Weight,
                cap
            )
            {
                EventType = term.Recency.EventType.Length > 0 ? term.Recency.EventType : null,
            },
            V1.Term.KindOneofCase.ActiveDays => new ActiveDaysTerm(term.ActiveDays.WindowDays, term.Weight, cap),
            _ => new EventTerm(term.EventType, term.HalfLifeDays, Read(term.Measure, field, faults), term.Weight, cap),
        };
        return term.Dimension.Length == 0 ? read : read with { Dimension = term.Dimension };
    }

    private static Dimension Read(V1.Dimension dimension) =>
        new(dimension.Name, dimension.Title, dimension.HasCap ? dimension.Cap : null);

    private static void RefuseEventFields(V1.Term term, string field, List<ModelFault> faults)
    {
        Refuse("event_type", term.EventType.Length > 0);
        Refuse("half_life_days", term.HalfLifeDays != 0);
        Refuse("measure", term.Measure != V1.Measure.Unspecified);

        void Refuse(string name, bool isGiven)
        {
            if (isGiven)
            {
                faults.Add(new($"{field}.{name}", "must be left out: the term does not count events"));
            }
        }
    }

    private static Measure Read(V1.Measure measure, string field, List<ModelFault> faults)
    {
        if (!Enum.IsDefined(measure))
        {
            faults.Add(new($"{field}.measure", "must be MEASURE_COUNT or MEASURE_VALUE"));
        }
        return measure == V1.Measure.Value ? Measure.Value : Measure.Count;
    }

    private static FeatureMeasure Read(V1.FeatureMeasure measure, string field, List<ModelFault> faults)
    {
        if (!Enum.IsDefined(measure))
        {
            faults.Add(new($"{field}.measure", "must be FEATURE_MEASURE_USES or FEATURE_MEASURE_DISTINCT"));
        }
        return measure == V1.FeatureMeasure.Distinct ? FeatureMeasure.Distinct : FeatureMeasure.Uses;
    }

    private static IReadOnlyList<Step> Read(IEnumerable<V1.Step> steps) =>
        [.. steps.Select(step => new Step(step.From, step.Quantity))];

    private static Band Read(V1.Band band, string field, List<ModelFault> faults)
    {
        if (band.Engagement == V1.Engagement.Unspecified || !Enum.IsDefined(band.Engagement))
        {
            faults.Add(
                new(
                    $"{field}.engagement",
                    "must be ENGAGEMENT_NOT_ENGAGED, ENGAGEMENT_SOMEWHAT_ENGAGED or ENGAGEMENT_ENGAGED"
                )
            );
        }
        return new Band(
            band.Name,
            band.Title,
            band.Engagement switch
            {
                V1.Engagement.Engaged => Engagement.Engaged,
                V1.Engagement.SomewhatEngaged => Engagement.SomewhatEngaged,
                _ => Engagement.NotEngaged,
            },
            band.UpperEndCase switch
            {
                V1.Band.UpperEndOneofCase.Below => band.Below,
                V1.Band.UpperEndOneofCase.AtMost => band.AtMost,
                _ => null,
            },
            band.UpperEndCase == V1.Band.UpperEndOneofCase.AtMost
        );
    }

    private static void CheckUnicode(ScoringModel model, List<ModelFault> faults)
    {
        foreach (var (field, text) in ModelRules.TextsOf(model))
        {
            // A replaced unpaired surrogate does not come back as it was.
            if (Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) != text)
            {
                faults.Add(new(field, "must be Unicode text without unpaired surrogates"));
            }
        }
    }
}
