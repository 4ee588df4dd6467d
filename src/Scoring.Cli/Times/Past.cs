using System.CommandLine;
using Google.Protobuf.WellKnownTypes;

namespace Scoring.Cli.Times;

/// <summary>When something was, as people write it: 30d or 12h ago, or at an instant.</summary>
internal static class Past
{
    /// <summary>An option that says when something was.</summary>
    public static Option<Timestamp?> Option(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "30d|TIME",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                var time = Parse(text, DateTimeOffset.UtcNow);
                if (time is null)
                {
                    result.AddError(
                        $"{name}: '{text}' is neither how long ago, such as 30d or 12h, nor a time such as 2026-01-31 or 2026-01-31T12:30:00Z."
                    );
                }

                return time;
            },
        };

    private static Timestamp? Parse(string text, DateTimeOffset now) =>
        DaysOrHours.Parse(text) is { } ago ? Timestamp.FromDateTimeOffset(now - ago)
        : TimestampFormats.Default.TryParse(text, out var time) ? Timestamp.FromDateTimeOffset(time)
        : null;
}
