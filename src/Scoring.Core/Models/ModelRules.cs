using System.Text;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Models;

/// <summary>What makes a <see cref="ScoringModel"/> valid: among others that every figure made with it stays finite, whatever was recorded.</summary>
public static class ModelRules
{
    private const string Description = "description";

    /// <summary>Every fault of a model; empty when it is valid.</summary>
    /// <param name="model">The model.</param>
    /// <param name="workspace">The workspace it is meant for.</param>
    public static IReadOnlyList<ModelFault> Check(ScoringModel model, WorkspaceSettings workspace)
    {
        var faults = CheckStored(model, workspace);
        foreach (var (field, text) in TextsOf(model))
        {
            var fault = field == Description ? UnseenCharacters.FaultOfProse(text) : UnseenCharacters.FaultOf(text);
            if (fault is not null)
            {
                faults.Add(new(field, fault));
            }
        }
        return faults;
    }

    /// <summary>What is written for people, and the names of what counts: each with its field.</summary>
    public static IEnumerable<(string Field, string Text)> TextsOf(ScoringModel model) =>
        [
            (Description, model.Description),
            .. TermRules.TextsOf(model),
            .. model.Dimensions.Select((dimension, i) => ($"dimensions[{i}].title", dimension.Title)),
            .. model.Bands.Select((band, i) => ($"bands[{i}].title", band.Title)),
        ];

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
            faults.Add(new(Description, "must be at most 1,024 bytes"));
        }
        if (!(model.TargetPoints is >= Limits.SmallestDivisor and <= Limits.Value))
        {
            faults.Add(new("target_points", "must be 1e-6 to 1e12: the points that make a score of 100"));
        }
        TermRules.Check(model, workspace, faults);
        CheckDimensions(model.Dimensions, faults);
        CheckLimits(model, faults);
        CheckBands(model.Bands, faults);
        return faults;
    }

    private static void CheckDimensions(IReadOnlyList<Dimension> dimensions, List<ModelFault> faults)
    {
        if (dimensions.Count > Limits.Dimensions)
        {
            faults.Add(new("dimensions", $"must be {Limits.Dimensions} dimensions at most"));
        }
        var names = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < dimensions.Count; i++)
        {
            var (dimension, field) = (dimensions[i], $"dimensions[{i}]");
            CheckName(dimension.Name, $"{field}.name", "dimensions", names, faults);
            if (Encoding.UTF8.GetByteCount(dimension.Title) > 128)
            {
                faults.Add(new($"{field}.title", "must be at most 128 bytes"));
            }
            if (dimension.Cap is { } cap && !(cap is >= Limits.SmallestDivisor and <= Limits.Value))
            {
                faults.Add(new($"{field}.cap", "must be 1e-6 to 1e12, or absent for no limit"));
            }
        }
    }

    private static void CheckLimits(ScoringModel model, List<ModelFault> faults)
    {
        if (model.Floor is { } floor && !(Math.Abs(floor) <= Limits.Value))
        {
            faults.Add(new("floor", "must be -1e12 to 1e12, or absent for no limit"));
        }
        if (model.Ceiling is { } ceiling && (!(Math.Abs(ceiling) <= Limits.Value) || ceiling <= model.Floor))
        {
            faults.Add(new("ceiling", "must be -1e12 to 1e12 and above the floor, or absent for no limit"));
        }
        if (model.GraceDays is < 0 or > Limits.GraceDays)
        {
            faults.Add(new("grace_days", $"must be 0 (none) to {Limits.GraceDays:N0}"));
        }
    }

    private static void CheckName(
        string name,
        string field,
        string ofWhat,
        HashSet<string> names,
        List<ModelFault> faults
    )
    {
        if (!IsName(name))
        {
            faults.Add(new(field, "must be 1 to 64 lower-case letters, digits, '_' or '-'"));
        }
        else if (!names.Add(name))
        {
            faults.Add(new(field, $"'{name}' names two {ofWhat}"));
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
            CheckName(band.Name, $"{field}.name", "bands", names, faults);
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
