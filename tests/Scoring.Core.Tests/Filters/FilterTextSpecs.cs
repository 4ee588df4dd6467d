using Scoring.Core.Filters;
using static Scoring.Core.Filters.Condition;

namespace Scoring.Core.Tests.Filters;

/// <summary>What is written in a filter is what it means, and a mistake is named with its place.</summary>
public sealed class FilterTextSpecs
{
    [Theory]
    [InlineData("plan", "line 1, column 5: unexpected end of input, expected operator or `IN`")]
    [InlineData("plan = ", "line 1, column 8: unexpected end of input, expected value")]
    [InlineData("plan = \"pro", "line 1, column 8: incomplete quoted text")]
    [InlineData(
        "plan = \"pro\" country = \"DE\"",
        "line 1, column 14: unexpected word `country`, expected `AND`, `OR` or the end"
    )]
    [InlineData(
        "plan = \"pro\" AND",
        "line 1, column 17: unexpected end of input, expected `NOT`, `(` or name of a field"
    )]
    [InlineData("= \"pro\"", "line 1, column 1: unexpected operator `=`")]
    [InlineData(
        "plan = pro\n  and country = de",
        "line 2, column 3: unexpected word `and`, expected `AND`, `OR` or the end"
    )]
    [InlineData("plan = \"a\\n\"", "at line 1, column 11; quote")]
    [InlineData("(plan = pro", "line 1, column 12: unexpected end of input, expected `)`")]
    [InlineData("plan = pro)", "line 1, column 11: unexpected `)`, expected `AND`, `OR` or the end")]
    [InlineData("stra\u00dfe = x", "line 1, column 5: unexpected `\u00df`; quote")]
    [InlineData("plan IN ()", "line 1, column 10: unexpected `)`, expected value")]
    [InlineData("score < many", "line 1, column 9: 'many' is no number")]
    [InlineData("seats < many", "line 1, column 9: 'many' is no number")]
    [InlineData("score : 5", "line 1, column 7: score takes =, !=, <, <=, >, >= and IN")]
    [InlineData("band < high", "line 1, column 6: band takes =, !=, : and IN")]
    [InlineData("lifecycle = gone", "line 1, column 13: a lifecycle is new, active, dormant or churned")]
    [InlineData("last_event = 14d", "line 1, column 12: last_event takes <, <=, > and >=")]
    [InlineData("last_event < 14", "line 1, column 14: last_event is compared with an age such as 14d")]
    [InlineData("last_event < 2026-02-30", "line 1, column 14: last_event is compared with")]
    [InlineData("last_event < 40000d", "line 1, column 14")]
    [InlineData("last_event(purchase) = 14d", "line 1, column 22: last_event takes <, <=, > and >=")]
    [InlineData("last_event(purchase) < 14", "line 1, column 24: last_event is compared with an age such as 14d")]
    [InlineData("last_event(purchase)", "column 1: last_event(...) must be compared with an age or an instant")]
    [InlineData("last_event(a, 7d) < 14d", "line 1, column 15: last_event takes an event type alone")]
    [InlineData("active_days(36h) > 1", "line 1, column 13: whole days are expected, such as 30d")]
    [InlineData("active_days(500d) > 1", "line 1, column 13: active days are kept for 192 days")]
    [InlineData("active_days(30d)", "line 1, column 1: active_days(...) must be compared with a number")]
    [InlineData("event(purchase) > 1", "line 1, column 1: no function is named event. The nearest known: events")]
    [InlineData("events(a, 7d, 8d) > 1", "events takes an event type and, if you like, a half-life")]
    [InlineData("used(a, b)", "line 1, column 9: used takes a feature alone")]
    [InlineData("used(a) = 1", "line 1, column 9: used(...) stands alone or behind NOT")]
    public void A_mistake_is_named_with_line_column_and_what_was_expected(string filter, string message)
    {
        var error = Assert.Throws<ScoringException>(() => Filter.Parse(filter));
        Assert.Equal((ScoringError.InvalidArgument, "filter"), (error.Error, error.Field));
        Assert.Contains(message, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Texts_have_quotes_backslashes_and_any_space()
    {
        var filter = Filter.Parse(" name=\"a \\\"b\\\" \\\\ c\"\tAND\nplan ='it\\'s \"AND\"' ");
        var tests = filter
            .Condition.Tests()
            .Cast<TextTest>()
            .Select(test => (test.Key, test.Values.Single(), test.Place));
        Assert.Equal([("name", "a \"b\" \\ c", 0), ("plan", "it's \"AND\"", 1)], tests);
    }

    [Theory]
    [InlineData("14d", 14 * 24 * 60)]
    [InlineData("36h", 36 * 60)]
    [InlineData("2w", 2 * 7 * 24 * 60)]
    [InlineData("1.5h", 90)]
    [InlineData("30m", 30)]
    public void Ages_have_units(string text, int minutes)
    {
        var test = Assert.IsType<AgeTest>(Filter.Parse($"last_event < {text}").Condition);
        Assert.Equal(TimeSpan.FromMinutes(minutes), test.Age);
    }

    [Theory]
    [InlineData("2026-01-31", "2026-01-31T00:00:00.0000000Z")]
    [InlineData("2026-01-31T12:30Z", "2026-01-31T12:30:00.0000000Z")]
    [InlineData("2026-01-31T12:30:15.5+02:00", "2026-01-31T10:30:15.5000000Z")]
    public void Instants_are_in_UTC_unless_they_say_otherwise(string text, string instant)
    {
        var test = Assert.IsType<AgeTest>(Filter.Parse($"last_event < {text}").Condition);
        Assert.Equal(instant, test.Instant.ToString());
    }

    [Fact]
    public void Filters_are_bounded()
    {
        AssertRefused(
            string.Join(" AND ", Enumerable.Repeat("a = b", Limits.FilterClauses + 1)),
            "more than 64 clauses"
        );
        AssertRefused(new string(' ', Limits.FilterBytes + 1), "longer than 4,096 bytes");
        AssertRefused(
            $"a IN ({string.Join(',', Enumerable.Repeat("b", Limits.FilterValues + 1))})",
            "more than 100 values"
        );
        AssertRefused($"{new string('(', 9)}a = b{new string(')', 9)}", "more than 8 levels");
        AssertRefused($"{string.Concat(Enumerable.Repeat("NOT ", 1_000))}", "more than 8 levels");
        Filter.Parse($"{new string('(', 8)}a = b{new string(')', 8)}");
    }

    private static void AssertRefused(string filter, string message) =>
        Assert.Contains(
            message,
            Assert.Throws<ScoringException>(() => Filter.Parse(filter)).Message,
            StringComparison.Ordinal
        );
}
