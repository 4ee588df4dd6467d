using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Simulation;

/// <summary>The options that say what to simulate.</summary>
internal sealed class PopulationOptions
{
    private const int MaxCustomers = 5_000_000;
    private const int MaxDays = 3_650;

    private readonly Option<int> _customers = new("--customers")
    {
        Description = "Number of customers; there are about ten to an account.",
        HelpName = "N",
        DefaultValueFactory = _ => 3_000,
    };

    private readonly Option<int> _days = new("--days")
    {
        Description = "Days of their past.",
        HelpName = "N",
        DefaultValueFactory = _ => 90,
    };

    private readonly Option<ulong> _seed = new("--seed")
    {
        Description = "Which of many populations; the same seed and --until give the same events.",
        HelpName = "N",
        DefaultValueFactory = _ => 1,
    };

    private readonly Option<Timestamp?> _until = new("--until")
    {
        Description = "Instant of the newest event; now unless given.",
        HelpName = "TIME",
        CustomParser = result => ConnectionOptions.ParseTime(result.Tokens[0].Value, result.AddError),
    };

    public PopulationOptions()
    {
        Bound(_customers, MaxCustomers);
        Bound(_days, MaxDays);
    }

    public Command AddTo(Command command)
    {
        command.Add(_customers);
        command.Add(_days);
        command.Add(_seed);
        command.Add(_until);
        return command;
    }

    public SimulationSettings Of(ParseResult parsed, TimeProvider time) =>
        new(
            parsed.GetValue(_customers),
            parsed.GetValue(_days),
            parsed.GetValue(_seed),
            parsed.GetValue(_until)?.ToDateTimeOffset() ?? time.GetUtcNow()
        );

    private static void Bound(Option<int> option, int max) =>
        ConnectionOptions.Require(option, number => number >= 1 && number <= max, $"must be 1 to {max}");
}
