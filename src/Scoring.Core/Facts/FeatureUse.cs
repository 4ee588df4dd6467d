using System.Diagnostics;

namespace Scoring.Core.Facts;

/// <summary>A customer's use of one feature, in one word: number of the feature (16 bits), UTC day of the last use (22), uses (26).</summary>
/// <param name="word">The word.</param>
internal readonly struct FeatureUse(ulong word)
{
    /// <summary>Largest number of a feature.</summary>
    public const int MaxFeature = ushort.MaxValue;

    /// <summary>Last day, after 9999-12-31.</summary>
    public const int MaxDay = (1 << (UsesShift - DayShift)) - 1;

    /// <summary>Uses that are counted; what comes beyond is not.</summary>
    public const int MaxUses = (1 << (64 - UsesShift)) - 1;

    private const int DayShift = 16;
    private const int UsesShift = 38;

    /// <summary>A use of a feature. What lies before 1970 counts as 1970-01-01.</summary>
    public FeatureUse(int feature, int day, int uses)
        : this(((ulong)uses << UsesShift) | ((ulong)Math.Max(0, day) << DayShift) | (uint)feature) =>
        Debug.Assert(feature <= MaxFeature && day <= MaxDay && uses is > 0 and <= MaxUses, "they are checked");

    /// <summary>The word.</summary>
    public ulong Word => word;

    /// <summary>Number of the feature.</summary>
    public int Feature => (ushort)word;

    /// <summary>The UTC day of the last use.</summary>
    public int LastDay => (int)(word >> DayShift) & MaxDay;

    /// <summary>How often it was used; 0 for the default value.</summary>
    public int Uses => (int)(word >> UsesShift);

    /// <summary>This and so many uses more, the last of them on a day.</summary>
    public FeatureUse With(int day, int uses) =>
        new(Feature, Math.Max(LastDay, day), (int)Math.Min(MaxUses, (long)Uses + uses));
}
