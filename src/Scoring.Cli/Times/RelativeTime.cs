using System.CommandLine;
using Google.Protobuf.WellKnownTypes;

namespace Scoring.Cli.Times;

/// <summary>When something was or will be, as people write it: so many days or hours from now, or an instant.</summary>
internal static class RelativeTime
{
    /// <summary>An option that says when something was: 30d or 12h ago, or at an instant.</summary>
    public static Option<Timestamp?> Past(string name, string description) =>
        Create(name, description, "30d", "how long ago, such as 30d or 12h", "2026-01-31", (now, ago) => now - ago);

    /// <summary>An option that says when something will be: in 90d or 12h, or at an instant.</summary>
    public static Option<Timestamp?> Future(string name, string description) =>
        Create(
            name,
            description,
            "90d",
            "how long from now, such as 90d or 12h",
            "2027-01-31",
            (now, ahead) => now + ahead
        );

    /// <summary>An option that says at which instant something was.</summary>
    public static Option<Timestamp?> Exact(string name, string description) =>
        new(name)
        {
            Description = description,
            HelpName = "TIME",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (TimestampFormats.Default.TryParse(text, out var time))
                {
                    return Timestamp.FromDateTimeOffset(time);
                }
                result.AddError($"{name}: '{text}' is no time such as 2026-01-31T12:30:00Z.");
                return null;
            },
        };

    private static Option<Timestamp?> Create(
        string name,
        string description,
        string span,
        string what,
        string day,
        Func<DateTimeOffset, TimeSpan, DateTimeOffset> at
    ) =>
        new(name)
        {
            Description = description,
            HelpName = $"{span}|TIME",
            CustomParser = result =>
            {
                var text = result.Tokens[0].Value;
                if (DaysOrHours.Parse(text) is { } distance)
                {
                    return Timestamp.FromDateTimeOffset(at(DateTimeOffset.UtcNow, distance));
                }
                if (TimestampFormats.Default.TryParse(text, out var time))
                {
                    return Timestamp.FromDateTimeOffset(time);
                }
                result.AddError($"{name}: '{text}' is neither {what}, nor a time such as {day} or {day}T12:30:00Z.");
                return null;
            },
        };
}
