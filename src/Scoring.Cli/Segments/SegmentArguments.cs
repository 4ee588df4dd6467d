using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;

namespace Scoring.Cli.Segments;

/// <summary>The arguments that say which segment is asked for, and between which instants.</summary>
internal sealed class SegmentArguments
{
    private readonly Argument<string> _name = new("name")
    {
        Description = "The saved segment; everyone unless given.",
        HelpName = "NAME",
        Arity = ArgumentArity.ZeroOrOne,
    };

    private readonly Option<string> _filter = new("--filter")
    {
        Description = $"{FilterArgument.Who} With NAME both must be met.",
        HelpName = "FILTER",
    };

    private readonly Option<Timestamp?> _from = RelativeTime.Past("--from", "The first instant.");

    private readonly Option<Timestamp?> _to = RelativeTime.Past("--to", "The second instant; now unless given.");

    private readonly Option<Timestamp?> _knownAt = RelativeTime.Past(
        "--known-at",
        "Leave out what was received later, as if it were not known yet; all that is known now counts unless given."
    );

    public SegmentArguments() => _from.Required = true;

    /// <summary>Adds which segment, and two instants.</summary>
    public Command AddTo(Command command)
    {
        AddSegmentTo(command);
        command.Add(_from);
        command.Add(_to);
        command.Add(_knownAt);
        return command;
    }

    /// <summary>Adds which segment alone.</summary>
    public Command AddSegmentTo(Command command)
    {
        command.Add(_name);
        command.Add(_filter);
        return command;
    }

    public string NameOf(ParseResult parsed) => parsed.GetValue(_name) ?? "";

    public string FilterOf(ParseResult parsed) => parsed.GetValue(_filter) ?? "";

    public Timestamp? FromOf(ParseResult parsed) => parsed.GetValue(_from);

    public Timestamp? ToOf(ParseResult parsed) => parsed.GetValue(_to);

    public Timestamp? KnownAtOf(ParseResult parsed) => parsed.GetValue(_knownAt);

    /// <summary>A segment, as the title of what is told of it.</summary>
    public static string TitleOf(string segment, string filter) =>
        (segment, filter) switch
        {
            ("", "") => "Everyone",
            (_, "") => segment,
            ("", _) => filter,
            _ => $"{segment}: {filter}",
        };

    /// <summary>What is known of the past that is told.</summary>
    public static string KnownAt(Timestamp? knownAt) =>
        knownAt is null ? "by all that is known now" : $"as it was known at {Words.Instant(knownAt)}";
}
