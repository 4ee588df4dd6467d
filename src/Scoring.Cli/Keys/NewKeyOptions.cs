using System.CommandLine;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using Scoring.V1;

namespace Scoring.Cli.Keys;

/// <summary>The options of <c>scoring keys create</c>: for whom, what for, how long and how much.</summary>
internal sealed class NewKeyOptions
{
    private const long MostBytes = 100_000_000_000;

    private readonly Option<string> _owner = new("--owner")
    {
        Description = "Who is to use the key, in your own words: a person, a program, a team.",
        HelpName = "TEXT",
        Required = true,
    };

    private readonly Option<Grant[]> _grants = new("--grant")
    {
        Description =
            $"What the key may be used for; can be repeated. ROLE is {GrantText.AllRoles}: ingest records events and changes customers and accounts, "
            + "read reads, model also changes models and names, admin may do everything. WORKSPACE is one, or '*' for all.",
        HelpName = "ROLE@WORKSPACE",
        Required = true,
        CustomParser = result =>
        {
            foreach (var wrong in result.Tokens.Where(token => GrantText.Parse(token.Value) is null))
            {
                result.AddError(
                    $"--grant: '{wrong.Value}' is not ROLE@WORKSPACE, such as ingest@default or 'read@*'; ROLE is {GrantText.AllRoles}."
                );
            }

            return [.. result.Tokens.Select(token => GrantText.Parse(token.Value)).OfType<Grant>()];
        },
    };

    private readonly Option<Timestamp?> _expires = RelativeTime.Future(
        "--expires",
        "From when on the key is refused: after 90d or 12h, or at an instant; never unless given."
    );

    private readonly Option<int?> _calls = Limit("--calls-per-second", "Most calls a second", 1_000_000);

    private readonly Option<int?> _events = Limit(
        "--events-per-second",
        "Most events, customers and accounts a second that are written",
        1_000_000_000
    );

    private readonly Option<long?> _bytes = new("--bytes-per-second")
    {
        Description = "Most bytes a second that are written, such as 512KiB or 16MiB; no limit unless given.",
        HelpName = "SIZE",
        CustomParser = result =>
        {
            var text = result.Tokens[0].Value;
            var bytes = ByteCount.Parse(text);
            if (bytes is not (>= 1 and <= MostBytes))
            {
                result.AddError(
                    $"--bytes-per-second: '{text}' is not a size of 1 to {Words.Count(MostBytes)} bytes, such as 1048576, 512KiB or 16MiB."
                );
            }

            return bytes;
        },
    };

    private readonly Option<int?> _streams = Limit(
        "--concurrent-streams",
        "Most streams of events at a time",
        1_000_000
    );

    public Command AddTo(Command command)
    {
        command.Add(_owner);
        command.Add(_grants);
        command.Add(_expires);
        command.Add(_calls);
        command.Add(_events);
        command.Add(_bytes);
        command.Add(_streams);
        return command;
    }

    public CreateApiKeyRequest RequestOf(ParseResult parsed)
    {
        var limits = new KeyLimits
        {
            CallsPerSecond = parsed.GetValue(_calls) ?? 0,
            EventsPerSecond = parsed.GetValue(_events) ?? 0,
            BytesPerSecond = parsed.GetValue(_bytes) ?? 0,
            ConcurrentStreams = parsed.GetValue(_streams) ?? 0,
        };
        return new CreateApiKeyRequest
        {
            Owner = parsed.GetRequiredValue(_owner),
            Grants = { parsed.GetRequiredValue(_grants) },
            Limits = limits.Equals(new KeyLimits()) ? null : limits,
            ExpireTime = parsed.GetValue(_expires),
        };
    }

    private static Option<int?> Limit(string name, string meaning, int most)
    {
        var option = new Option<int?>(name) { Description = $"{meaning}; no limit unless given.", HelpName = "N" };
        ConnectionOptions.Require(option, number => number >= 1 && number <= most, $"must be 1 to {Words.Count(most)}");
        return option;
    }
}
