using System.CommandLine;

namespace Scoring.Cli.Terminal;

/// <summary>Which customers a command is for.</summary>
internal static class FilterArgument
{
    /// <summary>What to write there.</summary>
    public const string Who =
        "Who, such as: plan = pro AND (country != US OR NOT seats < 5) AND score < 40 AND last_event < 14d. Names that are no field are attributes; "
        + "OR binds tighter than AND. All of it: docs/segments.md.";

    /// <summary>One filter, or none for everyone.</summary>
    public static Argument<string> Create() =>
        new("filter")
        {
            Description = Who + " None means everyone.",
            HelpName = "FILTER",
            Arity = ArgumentArity.ZeroOrOne,
        };
}
