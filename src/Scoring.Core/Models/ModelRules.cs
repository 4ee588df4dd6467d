using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Models;

/// <summary>What makes a <see cref="ScoringModel"/> valid: among others that every figure made with it stays finite, whatever was recorded.</summary>
public static class ModelRules
{
    /// <summary>Every fault of a model; empty when it is valid.</summary>
    /// <param name="model">The model.</param>
    /// <param name="workspace">The workspace it is meant for.</param>
    public static IReadOnlyList<ModelFault> Check(ScoringModel model, WorkspaceSettings workspace)
    {
        var faults = CheckStored(model, workspace);
        CheckSeen("description", UnseenCharacters.FaultOfProse(model.Description), faults);
        for (var i = 0; i < model.Terms.Count; i++)
        {
            CheckSeen($"terms[{i}].event_type", UnseenCharacters.FaultOf(model.Terms[i].EventType), faults);
        }
        for (var i = 0; i < model.Bands.Count; i++)
        {
            CheckSeen($"bands[{i}].title", UnseenCharacters.FaultOf(model.Bands[i].Title), faults);
        }
        return faults;
    }

    /// <summary>Every fault of a model that is stored: its texts are as an earlier build took them.</summary>
    /// <param name="model">The model.</param>
    /// <param name="workspace">The workspace it is meant for.</param>
    public static List<ModelFault> CheckStored(ScoringModel model, WorkspaceSettings workspace)
    {
        var faults = new List<ModelFault>();
        if (!IsResourceName(model.Name))
        {
            faults.Add(new("name", "must be 1 to 64 lower-case letters, digits, '_' or '-', starting with a letter"));
        }
        if (Encoding.UTF8.GetByteCount(model.Description) > 1_024)
        {
            faults.Add(new("description", "must be at most 1,024 bytes"));
        }
        if (!(model.TargetPoints is >= Limits.SmallestDivisor and <= Limits.Value))
        {
            faults.Add(new("target_points", "must be 1e-6 to 1e12: the points that make a score of 100"));
        }
        CheckTerms(model.Terms, workspace, faults);
        CheckBands(model.Bands, faults);
        return faults;
    }

    private static void CheckSeen(string field, string? fault, List<ModelFault> faults)
    {
        if (fault is not null)
        {
            faults.Add(new(field, fault));
        }
    }

    private static void CheckTerms(IReadOnlyList<Term> terms, WorkspaceSettings workspace, List<ModelFault> faults)
    {
        if (terms.Count is < 1 or > Limits.Terms)
        {
            faults.Add(new("terms", $"must be 1 to {Limits.Terms} terms"));
        }
        var seen = new Dictionary<(string, int, Measure), int>();
        for (var i = 0; i < terms.Count; i++)
        {
            var (term, field) = (terms[i], $"terms[{i}]");
            if (Encoding.UTF8.GetByteCount(term.EventType) is < 1 or > Limits.NameBytes)
            {
                faults.Add(new($"{field}.event_type", $"must be 1 to {Limits.NameBytes} bytes"));
            }
            if (term.HalfLifeDays != 0 && !workspace.HalfLivesDays.Contains(term.HalfLifeDays))
            {
                var known = string.Join(", ", workspace.HalfLivesDays);
                faults.Add(
                    new(
                        $"{field}.half_life_days",
                        $"must be 0 (lifetime) or a half-life of workspace '{workspace.Name}': {known}"
                    )
                );
            }
            if (!double.IsFinite(term.Weight) || Math.Abs(term.Weight) > Limits.Value)
            {
                faults.Add(new($"{field}.weight", "must be -1e12 to 1e12"));
            }
            if (term.Cap is { } cap && !(cap is >= Limits.SmallestDivisor and <= Limits.Value))
            {
                faults.Add(new($"{field}.cap", "must be 1e-6 to 1e12, or absent for no limit"));
            }
            if (!seen.TryAdd((term.EventType, term.HalfLifeDays, term.Measure), i))
            {
                var first = seen[(term.EventType, term.HalfLifeDays, term.Measure)];
                faults.Add(
                    new(field, $"repeats event type, half-life and measure of terms[{first}]; add up their weights")
                );
            }
        }
    }

    private static void CheckBands(IReadOnlyList<Band> bands, List<ModelFault> faults)
    {
        if (bands.Count is < 1 or > Limits.Bands)
        {
            faults.Add(new("bands", $"must be 1 to {Limits.Bands} bands"));
        }
        var names = new HashSet<string>();
        for (var i = 0; i < bands.Count; i++)
        {
            var (band, field) = (bands[i], $"bands[{i}]");
            if (!IsName(band.Name))
            {
                faults.Add(new($"{field}.name", "must be 1 to 64 lower-case letters, digits, '_' or '-'"));
            }
            else if (!names.Add(band.Name))
            {
                faults.Add(new($"{field}.name", $"'{band.Name}' names two bands"));
            }
            if (Encoding.UTF8.GetByteCount(band.Title) > 128)
            {
                faults.Add(new($"{field}.title", "must be at most 128 bytes"));
            }
            var last = i == bands.Count - 1;
            if (last != band.UpperEnd is null)
            {
                faults.Add(
                    new(field, last ? "the last band has no upper end" : "needs an upper end: below or at_most")
                );
            }
            if (band.UpperEnd is { } end && !(Math.Abs(end) <= Limits.Value))
            {
                faults.Add(new(field, "must end at a score from -1e12 to 1e12"));
            }
            if (i > 0 && !last && !(bands[i].UpperEnd - bands[i - 1].UpperEnd >= LeastWidth(bands[i - 1])))
            {
                faults.Add(new(field, "must end above the end of the band before it, by a millionth of that at least"));
            }
        }
    }

    /// <summary>Far more than <see cref="Band.Tolerance"/>, so that no score lies within that of two ends.</summary>
    private static double LeastWidth(Band before) => 1e-6 * Math.Max(1, Math.Abs(before.UpperEnd ?? 0));

    /// <summary>Whether a text can name a model or a saved segment: 1 to 64 lower-case letters, digits, '_' or '-', starting with a letter.</summary>
    public static bool IsResourceName(string name) => IsName(name) && char.IsAsciiLetterLower(name[0]);

    private static bool IsName(string name) =>
        name.Length is >= 1 and <= 64
        && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c is '_' or '-');
}
