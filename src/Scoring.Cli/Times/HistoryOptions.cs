using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Scoring.V1;

namespace Scoring.Cli.Times;

/// <summary>The options that say at which instants a history tells something, and what counts.</summary>
internal sealed class HistoryOptions
{
    private const string Day = "day";
    private const string Week = "week";
    private const string Month = "month";

    private readonly Option<string> _by = new("--by")
    {
        Description = $"What each line is the end of: {Day}, {Week} (from Monday) or {Month}, all in UTC.",
        HelpName = "PERIOD",
        DefaultValueFactory = _ => Day,
    };

    private readonly Option<Timestamp?> _from = RelativeTime.Past(
        "--from",
        "Where the history begins; 30 days, 26 weeks or 12 months before its end unless given."
    );

    private readonly Option<Timestamp?> _to = RelativeTime.Past("--to", "Where it ends; now unless given.");

    private readonly Option<Timestamp?> _knownAt = RelativeTime.Past(
        "--known-at",
        "Leave out what was received later, as if it were not known yet; all that is known now counts unless given."
    );

    public HistoryOptions() => _by.AcceptOnlyFromAmong(Day, Week, Month);

    public Command AddTo(Command command)
    {
        command.Add(_by);
        command.Add(_from);
        command.Add(_to);
        command.Add(_knownAt);
        return command;
    }

    public HistoryPeriod PeriodOf(ParseResult parsed) =>
        parsed.GetRequiredValue(_by) switch
        {
            Week => HistoryPeriod.Week,
            Month => HistoryPeriod.Month,
            _ => HistoryPeriod.Day,
        };

    public Timestamp? FromOf(ParseResult parsed) => parsed.GetValue(_from);

    public Timestamp? ToOf(ParseResult parsed) => parsed.GetValue(_to);

    public Timestamp? KnownAtOf(ParseResult parsed) => parsed.GetValue(_knownAt);
}
