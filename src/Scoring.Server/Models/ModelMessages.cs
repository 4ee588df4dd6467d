using System.Globalization;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;
using Scoring.Server.Fields;

namespace Scoring.Server.Models;

/// <summary>Scoring models in the words of the contract, and back.</summary>
internal static class ModelMessages
{
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
            found.Add(
                new("etag", "must be the etag of the model as it was read, or empty, which replaces whatever is there")
            );
        }
        CheckUnicode(message, found);
        var model = new ScoringModel
        {
            Name = message.Name,
            Version = version,
            Description = message.Description,
            Terms = [.. message.Terms.Select((term, i) => Read(term, $"terms[{i}]", found))],
            TargetPoints = message.TargetPoints,
            Bands = [.. message.Bands.Select((band, i) => Read(band, $"bands[{i}]", found))],
        };
        found.AddRange(ModelRules.Check(model, workspace));
        faults = found;
        return model;
    }

    public static V1.ScoringModel ToProto(ScoringModel model)
    {
        var message = new V1.ScoringModel
        {
            Name = model.Name,
            Version = model.Version,
            Description = model.Description,
            TargetPoints = model.TargetPoints,
            Etag = Etag(model.Version),
            UpdateTime = model.UpdateTime == default ? null : Instants.ToTimestamp(model.UpdateTime),
        };
        message.Terms.Add(model.Terms.Select(ToProto));
        message.Bands.Add(model.Bands.Select(ToProto));
        return message;
    }

    public static V1.Measure ToProto(Measure measure) => measure == Measure.Value ? V1.Measure.Value : V1.Measure.Count;

    /// <summary>What stands for a version of a model.</summary>
    private static string Etag(int version) => version == 0 ? "" : $"v{version}";

    /// <summary>Reads the version that an etag stands for; 0 for none.</summary>
    private static bool TryReadEtag(string etag, out int version)
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
        if (!Enum.IsDefined(term.Measure))
        {
            faults.Add(new($"{field}.measure", "must be MEASURE_COUNT or MEASURE_VALUE"));
        }
        return new Term(
            term.EventType,
            term.HalfLifeDays,
            term.Measure == V1.Measure.Value ? Measure.Value : Measure.Count,
            term.Weight,
            term.HasCap ? term.Cap : null
        );
    }

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

    private static void CheckUnicode(V1.ScoringModel message, List<ModelFault> faults)
    {
        Check("description", message.Description);
        for (var i = 0; i < message.Terms.Count; i++)
        {
            Check($"terms[{i}].event_type", message.Terms[i].EventType);
        }
        for (var i = 0; i < message.Bands.Count; i++)
        {
            Check($"bands[{i}].title", message.Bands[i].Title);
        }

        void Check(string field, string text)
        {
            // A replaced unpaired surrogate does not come back as it was.
            if (Encoding.UTF8.GetString(Encoding.UTF8.GetBytes(text)) != text)
            {
                faults.Add(new(field, "must be Unicode text without unpaired surrogates"));
            }
        }
    }

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
