using System.CommandLine;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Customers;

/// <summary>What commands that list customers or accounts in order are told: which, by what, and how many.</summary>
internal sealed class ListOptions
{
    private readonly Argument<string> _filter;
    private readonly Option<string> _by;
    private readonly Option<bool> _ascending = new("--ascending")
    {
        Description = "The lowest first, instead of the highest.",
    };
    private readonly Option<int> _most = new("--most") { HelpName = "N", DefaultValueFactory = _ => 20 };

    /// <param name="filter">Which of them.</param>
    /// <param name="fields">What they may be listed by.</param>
    /// <param name="by">What they are listed by unless told otherwise.</param>
    /// <param name="most">Describes how many are listed.</param>
    public ListOptions(Argument<string> filter, string[] fields, string by, string most)
    {
        _filter = filter;
        _by = new("--by")
        {
            Description = $"What to list by: {string.Join(", ", fields)}.",
            HelpName = "FIELD",
            DefaultValueFactory = _ => by,
        };
        _by.AcceptOnlyFromAmong(fields);
        _most.Description = most;
        ConnectionOptions.Require(_most, count => count is >= 1 and <= 1_000_000, "must be 1 to 1,000,000");
    }

    public Command AddTo(Command command)
    {
        command.Add(_filter);
        command.Add(_by);
        command.Add(_ascending);
        command.Add(_most);
        return command;
    }

    public string FilterOf(ParseResult parsed) => parsed.GetValue(_filter) ?? "";

    public string ByOf(ParseResult parsed) => parsed.GetRequiredValue(_by);

    public string OrderOf(ParseResult parsed) => ByOf(parsed) + (parsed.GetValue(_ascending) ? "" : " desc");

    public int MostOf(ParseResult parsed) => parsed.GetValue(_most);
}
