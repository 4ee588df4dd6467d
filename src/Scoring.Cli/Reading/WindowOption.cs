using System.CommandLine;
using Google.Protobuf.WellKnownTypes;

namespace Scoring.Cli.Reading;

/// <summary>The option that says over which period an account's health is taken.</summary>
internal sealed class WindowOption
{
    private readonly Option<int> _days = new("--window")
    {
        Description = "Length of the period in days, 1 to 90; compared with the period before it.",
        HelpName = "DAYS",
        DefaultValueFactory = _ => 30,
    };

    public Command AddTo(Command command)
    {
        command.Add(_days);
        return command;
    }

    public Duration Of(ParseResult parsed) => Duration.FromTimeSpan(TimeSpan.FromDays(parsed.GetValue(_days)));
}
