using System.Globalization;
using Scoring.Cli.Terminal;
using Scoring.Core.Names;

namespace Scoring.Cli.Import.Sources;

/// <summary>Which column stands at which place of the rows of a file.</summary>
internal static class ColumnPlaces
{
    /// <summary>The columns that the first line names.</summary>
    /// <exception cref="CommandFailedException">A name comes twice, or a column that the mapping reads is missing.</exception>
    public static Dictionary<string, int> Named(
        string path,
        IReadOnlyList<string> names,
        IEnumerable<RequiredColumn> required
    )
    {
        if (names.Count == 0)
        {
            throw new CommandFailedException($"{path}:1: the file is empty; the first line must name the columns");
        }

        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < names.Count; i++)
        {
            if (!places.TryAdd(names[i].Trim(), i))
            {
                throw new CommandFailedException(
                    $"{path}:1: the header names the column '{names[i]}' twice; rename one"
                );
            }
        }

        Require(path, places, required, $"the header has {string.Join(", ", names)}");
        return places;
    }

    /// <summary>Columns that are called 1, 2 and so on.</summary>
    /// <exception cref="CommandFailedException">A column that the mapping reads is missing.</exception>
    public static Dictionary<string, int> Numbered(string path, int count, IEnumerable<RequiredColumn> required)
    {
        var places = Enumerable
            .Range(0, count)
            .ToDictionary(i => (i + 1).ToString(CultureInfo.InvariantCulture), i => i, StringComparer.Ordinal);
        Require(path, places, required, $"without a header columns are called 1 to {count}");
        return places;
    }

    private static void Require(
        string path,
        Dictionary<string, int> places,
        IEnumerable<RequiredColumn> required,
        string there
    )
    {
        foreach (var column in required.Where(column => !places.ContainsKey(column.Column)))
        {
            var advice = new NearestTexts(column.Column, places.Keys).Nearest is { } nearest
                ? $"; did you mean {nearest}?"
                : "";
            throw new CommandFailedException(
                $"{path}:1: there is no column '{column.Column}', which the mapping reads in line "
                    + $"{column.MappingLine} ({column.Field}); {there}{advice}"
            );
        }
    }
}
