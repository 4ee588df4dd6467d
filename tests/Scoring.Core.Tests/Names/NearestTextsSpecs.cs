using System.Globalization;
using Scoring.Core.Filters;
using Scoring.Core.Names;
using Scoring.Core.Populations;

namespace Scoring.Core.Tests.Names;

public sealed class NearestTextsSpecs
{
    [Theory]
    [InlineData("pro", "Pro PRO prod free", "PRO Pro prod")]
    [InlineData("de", "DE d NL", "DE d")]
    [InlineData("x", "a b", "a b")]
    [InlineData("enterprice", "enterprise-2 free enterprise", "enterprise enterprise-2")]
    [InlineData("gold", "free paid", "free paid")]
    [InlineData("gold", "", "")]
    [InlineData("gold", "aaaaa0 aaaaa1 aaaaa2 aaaaa3 aaaaa4 aaaaa5 aaaaa6 aaaaa7 aaaaa8 aaaaa9 aaaaa10", "")]
    [InlineData("straße", "STRASSE Straße", "Straße STRASSE")]
    [InlineData("HalfLives", "halflivesDays HalfLife", "HalfLife halflivesDays")]
    [InlineData("pr", "professional a b c d e f g h i j k", "")]
    public void The_nearest_come_first_and_the_few_when_none_is_near(string given, string known, string found)
    {
        var nearest = new NearestTexts(given, known.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(found, string.Join(' ', nearest.Found));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public void Near_is_what_Levenshtein_calls_so(int seed)
    {
        var random = new Random(seed);
        for (var test = 0; test < 20_000; test++)
        {
            var (given, known) = (Text(random), Text(random));
            // Enough others that these are not named because they are few.
            var others = Enumerable.Range(0, NearestTexts.Few + 1).Select(i => new string('z', 40 + i));
            var nearest = new NearestTexts(given, [.. others, known]);
            var changes = Levenshtein(given.ToUpperInvariant(), known.ToUpperInvariant());
            var isBeginning = given.Length >= 3 && known.StartsWith(given, StringComparison.OrdinalIgnoreCase);
            Assert.Equal(
                changes <= Math.Min(3, Math.Min((given.Length + 1) / 2, given.Length - 1)) || isBeginning,
                nearest.Found.Contains(known)
            );
        }
    }

    [Fact]
    public void Of_an_attribute_with_many_values_only_so_many_are_looked_at_and_other_cases_still_found()
    {
        var population = new Population(Samples.Workspace);
        for (var i = 0; i < FilterHints.MostValues; i++)
        {
            population.Upsert($"c{i}", ("owner", i.ToString("D12", CultureInfo.InvariantCulture)));
        }
        population.Upsert("last", ("owner", "ADA"));
        population.Upsert("later", ("owner", "adah"));

        Assert.Equal("ADA", Suggested("ada"));
        Assert.Equal("ADA", Suggested("Ada"));
        Assert.Equal("", Suggested("adam"));
        Assert.Equal("000000000042, 000000000002, 000000000012", Suggested("000000000042x"));

        string Suggested(string value)
        {
            var hints = FilterHints.Find(Filter.Parse($"owner = \"{value}\""), [population]);
            return string.Join(", ", Assert.Single(hints).SuggestedValues);
        }
    }

    private static string Text(Random random) =>
        new([.. Enumerable.Range(0, random.Next(1, 12)).Select(_ => "abAB"[random.Next(4)])]);

    private static int Levenshtein(string a, string b)
    {
        var changes = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++)
        {
            for (var j = 0; j <= b.Length; j++)
            {
                changes[i, j] =
                    i == 0 || j == 0
                        ? i + j
                        : Math.Min(
                            Math.Min(changes[i - 1, j], changes[i, j - 1]) + 1,
                            changes[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1)
                        );
            }
        }
        return changes[a.Length, b.Length];
    }
}
