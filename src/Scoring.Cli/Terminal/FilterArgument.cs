using System.CommandLine;
using Scoring.Core.Models;
using Scoring.V1;

namespace Scoring.Cli.Terminal;

/// <summary>Which customers a command is for.</summary>
internal static class FilterArgument
{
    /// <summary>What to write there.</summary>
    public const string Who =
        "Who, such as: plan = pro AND (country != US OR NOT seats < 5) AND score < 40 AND last_event < 14d. Fields: score, band, "
        + "momentum, lifecycle, last_event, first_event, customer_id, account_id, account.KEY, active_days(30d), events(TYPE), quantity(TYPE), used(FEATURE), "
        + "in_segment(NAME); any other name is an attribute. OR binds tighter than AND. All of it: docs/segments.md.";

    /// <summary>One filter, or none for everyone.</summary>
    public static Argument<string> Create() =>
        new("filter")
        {
            Description = Who + " None means everyone.",
            HelpName = "FILTER",
            Arity = ArgumentArity.ZeroOrOne,
        };

    /// <summary>A segment by the name that it is saved under, which is no filter by itself, or by a filter.</summary>
    public static SegmentChoice Choose(string nameOrFilter) =>
        ModelRules.IsResourceName(nameOrFilter) ? new() { Segment = nameOrFilter } : new() { Filter = nameOrFilter };
}
