using System.IO.Enumeration;
using Scoring.Core.Time;

namespace Scoring.Core.Names;

/// <summary>Which names are to be removed, with all that customers and accounts have under them.</summary>
/// <remarks>What a model or setting uses is never removed.</remarks>
/// <param name="Kind">Of which kind; null for all.</param>
/// <param name="Patterns">
/// The names, '*' standing for any characters. Without any, all event types and features that were not received lately; attributes are only
/// removed by name, since nobody but the operator can know whether they are wanted.
/// </param>
/// <param name="UnusedFor">
/// How long ago they must have been received last, in whole UTC days; <see cref="DefaultUnusedFor"/> when null and there are no patterns, else none.
/// </param>
/// <param name="DryRun">Whether only to say what would be removed.</param>
public sealed record NamePruning(NameKind? Kind, IReadOnlyList<string> Patterns, TimeSpan? UnusedFor, bool DryRun)
{
    /// <summary>How long ago names must have been received last that are not named.</summary>
    public static TimeSpan DefaultUnusedFor { get; } = TimeSpan.FromDays(30);

    /// <summary>Tells which of a workspace's names are removed, and which of those in question are kept.</summary>
    /// <param name="names">The names.</param>
    /// <param name="now">The present.</param>
    public PrunedNames Select(IEnumerable<NameUse> names, Instant now)
    {
        var unusedFor = UnusedFor ?? (Patterns.Count > 0 ? TimeSpan.Zero : DefaultUnusedFor);
        var days = (int)Math.Ceiling(unusedFor.TotalDays);
        var inQuestion = names.Where(IsInQuestion).ToLookup(use => IsUnused(use, now.UtcDay - days, days == 0));
        return new([.. inQuestion[true]], [.. inQuestion[false]]);
    }

    private bool IsInQuestion(NameUse use)
    {
        if (Kind is { } kind && use.Name.Kind != kind)
        {
            return false;
        }
        return Patterns.Count > 0
            ? Patterns.Any(pattern => Matches(pattern, use.Name.Name))
            : use.UsedBy.Count == 0 && use.Name.Kind is NameKind.EventType or NameKind.Feature;
    }

    /// <summary>Whether no model or setting uses a name and it was last received no later than on a day. Of what is not known, nothing is assumed.</summary>
    private static bool IsUnused(NameUse use, int lastDay, bool whenever) =>
        use.UsedBy.Count == 0 && (whenever || use.LastDay <= lastDay);

    private static bool Matches(string pattern, string name) =>
        // The one character that this takes for another is no part of the pattern.
        FileSystemName.MatchesSimpleExpression(
            pattern.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("?", "\\?", StringComparison.Ordinal),
            name,
            ignoreCase: false
        );
}
