using System.Globalization;
using Scoring.Core.Workspaces;

namespace Scoring.Core.Filters;

/// <summary>What makes a filter fit a workspace.</summary>
public static class FilterRules
{
    /// <summary>Refuses a filter that asks for a half-life which its workspace does not keep.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.InvalidArgument"/>, naming those that it keeps.</exception>
    public static void ThrowIfUnfit(Filter filter, WorkspaceSettings settings)
    {
        foreach (var test in filter.Condition.Tests().OfType<Condition.NumberTest>())
        {
            if (
                test is { Field: NumberField.Events or NumberField.Quantity, Days: > 0 and var days }
                && !settings.HalfLivesDays.Contains(days)
            )
            {
                var kept = settings.HalfLivesDays.Select(d => d.ToString(CultureInfo.InvariantCulture) + "d");
                throw FilterMistake.Of(
                    $"asks for a half-life of {days}d; the workspace {settings.Name} keeps {string.Join(", ", kept)}"
                );
            }
        }
    }
}
