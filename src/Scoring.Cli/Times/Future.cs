using System.CommandLine;
using Google.Protobuf.WellKnownTypes;

namespace Scoring.Cli.Times;

/// <summary>When something will be, as people write it: in 90d or 12h, or at an instant.</summary>
internal static class Future
{
    /// <summary>An option that says when something will be.</summary>
    public static Option<Timestamp?> Option(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "90d|TIME",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                var time = Parse(text, DateTimeOffset.UtcNow);
                if (time is null)
                {
                    result.AddError(
                        $"{name}: '{text}' is neither how long from now, such as 90d or 12h, nor a time such as 2027-01-31 or 2027-01-31T12:30:00Z."
                    );
                }

                return time;
            },
        };

    private static Timestamp? Parse(string text, DateTimeOffset now) =>
        DaysOrHours.Parse(text) is { } ahead ? Timestamp.FromDateTimeOffset(now + ahead)
        : TimestampFormats.Default.TryParse(text, out var time) ? Timestamp.FromDateTimeOffset(time)
        : null;
}
