using Scoring.Core.Time;

namespace Scoring.Engine.Archive;

/// <summary>Which files of an archive are merged into one.</summary>
/// <remarks>
/// Files follow each other in time. Of a day that goes on, as many of one level as <see cref="FilesOfALevel"/> become one of the next; those of a day that is over one of the day; those
/// of a month that is over one of the month. So a year lies in some dozens of files, and an event is written a few times. Days and months are UTC's.
/// </remarks>
internal static class ArchivePlan
{
    /// <summary>What a day is when it is over.</summary>
    public const int DayLevel = 100;

    /// <summary>What a month is when it is over.</summary>
    public const int MonthLevel = 101;

    /// <summary>What is known of everybody when the archive begins.</summary>
    public const int OpeningLevel = 102;

    /// <summary>Files of a level that become one.</summary>
    public const int FilesOfALevel = 16;

    /// <summary>The files that are to be merged next, neighbours, and the level of the one that they become; null for none.</summary>
    /// <param name="files">The files, in order.</param>
    /// <param name="now">The present.</param>
    public static (IReadOnlyList<ArchiveFile> Files, int Level)? Next(IReadOnlyList<ArchiveFile> files, Instant now)
    {
        files = [.. files.Where(file => file.Level != OpeningLevel)];
        var thisMonth = MonthOf(now);
        return Many(
                files.Where(file => MonthOf(file.LastReceipt) < thisMonth),
                MonthLevel,
                file => MonthOf(file.LastReceipt)
            )
            ?? Many(
                files.Where(file => MonthOf(file.LastReceipt) >= thisMonth && file.LastReceipt.UtcDay < now.UtcDay),
                DayLevel,
                file => file.LastReceipt.UtcDay
            )
            ?? Full(files.Where(file => file.LastReceipt.UtcDay >= now.UtcDay));
    }

    /// <summary>The files that are to become the opening, with the one that there is: months that were over before an instant; none when there are none.</summary>
    public static IReadOnlyList<ArchiveFile> Expired(IReadOnlyList<ArchiveFile> files, Instant before)
    {
        List<ArchiveFile> expired =
        [
            .. files.Where(file => file.Level != OpeningLevel && MonthOf(file.LastReceipt) < MonthOf(before)),
        ];
        return expired.Count == 0 ? [] : [.. files.Where(file => file.Level == OpeningLevel), .. expired];
    }

    private static (IReadOnlyList<ArchiveFile>, int)? Many(
        IEnumerable<ArchiveFile> files,
        int level,
        Func<ArchiveFile, int> timeOf
    ) =>
        files.GroupBy(timeOf).Select(group => group.ToList()).FirstOrDefault(group => group.Count > 1) is { } group
            ? (group, level)
            : null;

    private static (IReadOnlyList<ArchiveFile>, int)? Full(IEnumerable<ArchiveFile> files) =>
        files
            .GroupBy(file => file.Level)
            .Select(group => group.ToList())
            .FirstOrDefault(group => group.Count >= FilesOfALevel)
            is { } group
            ? (group, group[0].Level + 1)
            : null;

    private static int MonthOf(Instant instant)
    {
        var time = instant.ToDateTimeOffset();
        return (time.Year * 12) + time.Month;
    }
}
