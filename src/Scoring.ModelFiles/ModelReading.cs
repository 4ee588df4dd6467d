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
}
