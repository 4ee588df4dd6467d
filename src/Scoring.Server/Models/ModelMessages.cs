using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Server.Fields;

namespace Scoring.Server.Models;

/// <summary>Scoring models in the words of the contract.</summary>
internal static class ModelMessages
{
    public static V1.ScoringModel ToProto(ScoringModel model)
    {
        var message = new V1.ScoringModel
        {
            Name = model.Name,
            Version = model.Version,
            Description = model.Description,
            TargetPoints = model.TargetPoints,
            Etag = Etag(model.Version),
            Author = model.Change?.Author ?? "",
            ChangeNote = model.Change?.Note ?? "",
            UpdateTime = model.UpdateTime == default ? null : Instants.ToTimestamp(model.UpdateTime),
        };
        Optional.Set(model.Floor, floor => message.Floor = floor);
        Optional.Set(model.Ceiling, ceiling => message.Ceiling = ceiling);
        message.GraceDays = model.GraceDays;
        message.Dimensions.Add(model.Dimensions.Select(ToProto));
        message.Terms.Add(model.Terms.Select(ToProto));
        message.Bands.Add(model.Bands.Select(ToProto));
        return message;
    }

    public static V1.Measure ToProto(Measure measure) => measure == Measure.Value ? V1.Measure.Value : V1.Measure.Count;

    /// <summary>What stands for a version of a model.</summary>
    private static string Etag(int version) => version == 0 ? "" : $"v{version}";

    public static V1.FeatureTerm ToProto(FeatureTerm term) =>
        new()
        {
            Features = { term.Features },
            Measure = term.Measure == FeatureMeasure.Distinct ? V1.FeatureMeasure.Distinct : V1.FeatureMeasure.Uses,
            WindowDays = term.WindowDays,
        };

    public static V1.AttributeTerm ToProto(AttributeTerm term) =>
        new()
        {
            Key = term.Key,
            Values = { term.Values },
            Steps = { term.Steps.Select(ToProto) },
        };

    public static V1.RecencyTerm ToProto(RecencyTerm term) =>
        new()
        {
            EventType = term.EventType ?? "",
            Steps = { term.Steps.Select(ToProto) },
            HalfLifeDays = term.HalfLifeDays,
        };

    public static V1.ActiveDaysTerm ToProto(ActiveDaysTerm term) => new() { WindowDays = term.WindowDays };

    private static V1.Dimension ToProto(Dimension dimension)
    {
        var message = new V1.Dimension { Name = dimension.Name, Title = dimension.Title };
        Optional.Set(dimension.Cap, cap => message.Cap = cap);
        return message;
    }

    private static V1.Step ToProto(Step step) => new() { From = step.From, Quantity = step.Quantity };

    public static V1.Term ToProto(Term term)
    {
        var message = new V1.Term { Weight = term.Weight, Dimension = term.Dimension ?? "" };
        Optional.Set(term.Cap, cap => message.Cap = cap);
        switch (term)
        {
            case EventTerm events:
                message.EventType = events.EventType;
                message.HalfLifeDays = events.HalfLifeDays;
                message.Measure = ToProto(events.Measure);
                break;
            case FeatureTerm feature:
                message.Feature = ToProto(feature);
                break;
            case AttributeTerm attribute:
                message.Attribute = ToProto(attribute);
                break;
            case RecencyTerm recency:
                message.Recency = ToProto(recency);
                break;
            case ActiveDaysTerm active:
                message.ActiveDays = ToProto(active);
                break;
        }
        return message;
    }

    private static V1.Band ToProto(Band band)
    {
        var message = new V1.Band
        {
            Name = band.Name,
            Title = band.Title,
            Engagement = band.Engagement switch
            {
                Engagement.Engaged => V1.Engagement.Engaged,
                Engagement.SomewhatEngaged => V1.Engagement.SomewhatEngaged,
                _ => V1.Engagement.NotEngaged,
            },
        };
        if (band is { UpperEnd: { } end, UpperEndIncluded: true })
        {
            message.AtMost = end;
        }
        else
        {
            Optional.Set(band.UpperEnd, open => message.Below = open);
        }
        return message;
    }
}
