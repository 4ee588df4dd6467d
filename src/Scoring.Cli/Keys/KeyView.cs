using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Keys;

/// <summary>Keys on the screen.</summary>
internal static class KeyView
{
    /// <summary>What is to be known of a key that was just written beside this.</summary>
    public static void ShowCreated(IAnsiConsole console, ApiKey key)
    {
        var expires = key.ExpireTime is null ? "" : $", until {Words.Instant(key.ExpireTime)}";
        console.MarkupLineInterpolated(
            $"{key.KeyId} for {key.Owner}: {string.Join(", ", key.Grants.Select(GrantText.Of))}{expires}."
        );
        console.MarkupLine(
            "This is the only time that the key is shown. Keep it where no one else reads it, and give it with --api-key-file or SCORING_API_KEY."
        );
    }

    public static void ShowList(IAnsiConsole console, IReadOnlyCollection<ApiKey> keys)
    {
        if (keys.Count == 0)
        {
            console.MarkupLine("There are no keys. Create one with: scoring keys create");
            return;
        }

        var table = Tables.New("Key id", "owner", "grants", "limits", "created", "expires", "last used");
        foreach (var wide in table.Columns.Skip(1).Take(3))
        {
            wide.LeftAligned();
            wide.NoWrap = false;
        }

        foreach (var key in keys)
        {
            table.AddRow(
                // As it is written, so that it can be given to revoke.
                Markup.Escape(key.KeyId),
                Markup.Escape(key.Owner),
                Markup.Escape(string.Join('\n', key.Grants.Select(GrantText.Of))),
                LimitsOf(key.Limits ?? new KeyLimits()),
                Minute(key.CreateTime),
                Minute(key.ExpireTime),
                Minute(key.LastUseTime)
            );
        }

        console.Write(table);
    }

    private static string LimitsOf(KeyLimits limits)
    {
        string[] given =
        [
            .. Limit(limits.CallsPerSecond, $"{Words.Count(limits.CallsPerSecond)} calls/s"),
            .. Limit(limits.EventsPerSecond, $"{Words.Count(limits.EventsPerSecond)} events/s"),
            .. Limit(limits.BytesPerSecond, $"{ByteCount.Of(limits.BytesPerSecond)}/s"),
            .. Limit(limits.ConcurrentStreams, Words.Count(limits.ConcurrentStreams, "stream")),
        ];
        return given.Length == 0 ? Words.Absent : string.Join('\n', given);
    }

    private static string[] Limit(long limit, string text) => limit == 0 ? [] : [text];

    private static string Minute(Timestamp? instant) =>
        instant is null
            ? Words.Absent
            : instant.ToDateTime().ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture) + "Z";
}
