using System.CommandLine;
using Google.Protobuf.WellKnownTypes;

namespace Scoring.Cli.Times;

/// <summary>When something expires, as people write it: in 90d or 12h, or at an instant.</summary>
internal static class Expiry
{
    /// <summary>An option that says when something expires.</summary>
    public static Option<Timestamp?> Option(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "90d|TIME",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                var expires = Parse(text, DateTimeOffset.UtcNow);
                if (expires is null)
                {
                    result.AddError(
                        $"{name}: '{text}' is neither a lifetime such as 90d or 12h nor a time such as 2027-01-01T00:00:00Z."
                    );
                }

                return expires;
            },
        };

    private static Timestamp? Parse(string text, DateTimeOffset now) =>
        DaysOrHours.Parse(text) is { } lifetime ? Timestamp.FromDateTimeOffset(now + lifetime)
        : TimestampFormats.Default.TryParse(text, out var time) ? Timestamp.FromDateTimeOffset(time)
        : null;
}
