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
        message.Terms.Add(model.Terms.Select(ToProto));
        message.Bands.Add(model.Bands.Select(ToProto));
        return message;
    }

    public static V1.Measure ToProto(Measure measure) => measure == Measure.Value ? V1.Measure.Value : V1.Measure.Count;

    /// <summary>What stands for a version of a model.</summary>
    private static string Etag(int version) => version == 0 ? "" : $"v{version}";

    private static V1.Term ToProto(Term term)
    {
        var message = new V1.Term
        {
            EventType = term.EventType,
            HalfLifeDays = term.HalfLifeDays,
            Weight = term.Weight,
            Measure = ToProto(term.Measure),
        };
        Optional.Set(term.Cap, cap => message.Cap = cap);
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
