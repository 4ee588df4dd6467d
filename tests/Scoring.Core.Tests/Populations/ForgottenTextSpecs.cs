using System.Globalization;
using System.Text;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Models;
using Scoring.Core.Populations;
using Scoring.Core.Recording;
using Scoring.Core.Segments;

namespace Scoring.Core.Tests.Populations;

/// <summary>Values of attributes that nobody has any more are not kept.</summary>
public sealed class ForgottenTextSpecs
{
    private const int Changes = 300_000;

    private static readonly ScoringModel Model = Samples.Model(new EventTerm("login", 7, Measure.Count, 1));

    [Fact]
    public void A_customer_whose_value_keeps_changing_keeps_one_value()
    {
        var table = new AttributeTable();
        table.Set(row: 1, [new("plan", "pro")], day: 0);
        for (var i = 0; i < Changes; i++)
        {
            table.Set(row: 0, [new("cart", Value(i))], day: 0);
        }
        var column = table.Columns[1];
        Assert.Single(column.Values.All);
        Assert.Equal(1, column.NumberOf(0));
        Assert.True(column.IsNarrow);
        Assert.Equal(Value(Changes - 1), column.Get(0));
        Assert.Equal(Value(Changes - 1), Assert.Single(table.Of(0)).Value);

        table.Set(row: 0, [new("cart", "")], day: 0);
        Assert.Empty(column.Values.All);
        Assert.Empty(table.Of(0));
    }

    [Fact]
    public void The_stored_form_of_an_update_forgets_as_the_update_does()
    {
        var table = new AttributeTable();
        for (var i = 0; i < Changes; i++)
        {
            table.Set(row: 0, "cart"u8, Encoding.UTF8.GetBytes(Value(i)));
        }
        Assert.Single(table.Columns[0].Values.All);
        Assert.Equal(1, table.Columns[0].NumberOf(0));
    }

    [Fact]
    public void A_column_is_as_wide_as_the_most_values_at_once_need()
    {
        const int rows = 300;
        var table = new AttributeTable();
        for (var i = 0; i < 100 * rows; i++)
        {
            table.Set(i % rows, [new("cart", Value(i))], day: 0);
            Assert.Equal(Math.Min(i + 1, rows), table.Columns[0].Values.All.Count);
        }
        Assert.Equal(rows, Enumerable.Range(0, rows).Max(table.Columns[0].NumberOf));
        Assert.All(Enumerable.Range(0, rows), row => Assert.Equal(Value((99 * rows) + row), table.Columns[0].Get(row)));
    }

    [Fact]
    public void Cohorts_that_customers_went_through_leave_room_for_others()
    {
        var (table, cohorts) = (new AttributeTable(), new Cohorts());
        cohorts.EnsureRows(2 * Cohorts.Most);
        for (var i = 0; i < 10 * Cohorts.Most; i++)
        {
            table.Set(row: 0, [new("day", $"{i % 200}")], day: 0);
            table.Set(row: 0, [new("page", $"{i / 200}")], day: 0);
            cohorts.Move(row: 0, table);
            // The first, and that of a day and a page.
            Assert.Equal(2, cohorts.Count);
        }
        // More than there may be: the others are in none.
        for (var row = 1; row < 2 * Cohorts.Most; row++)
        {
            table.Set(row, [new("hour", $"{row % 200}")], day: 0);
            table.Set(row, [new("place", $"{row / 200}")], day: 0);
            cohorts.Move(row, table);
        }
        Assert.Equal(Cohorts.Most, cohorts.Count);
        Assert.Equal(Ungathered.Others, cohorts.AddTotals(OfOne(), new EventTotals()));
        for (var row = 0; row < 2 * Cohorts.Most; row++)
        {
            table.Set(row, [.. table.Of(row).Select(attribute => KeyValuePair.Create(attribute.Key, ""))], day: 0);
            cohorts.Move(row, table);
        }
        Assert.Equal(1, cohorts.Count);
        Assert.Equal(Ungathered.Nobody, cohorts.AddTotals(OfOne(), new EventTotals()));

        EqualTest OfOne() => new(table.Columns[0], 1);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void Segments_and_accounts_are_right_while_values_come_and_go(int seed)
    {
        var random = new Random(seed);
        var population = new Population(Samples.Workspace);
        var plans = new string[400];
        var accounts = new string[plans.Length];
        var events = new int[plans.Length];
        Array.Fill(plans, "");
        Array.Fill(accounts, "");
        for (var step = 0; step < 20_000; step++)
        {
            var customer = random.Next(plans.Length);
            // A few values at a time and then many, so that the column widens under the cohorts that there are.
            var values = step < 10_000 ? 20 : 500;
            var plan = random.Next(5) == 0 ? "" : Value((step / 500 * 7) + random.Next(values));
            var account = $"a{(step / 1_000) + random.Next(5)}";
            _ = population.Upsert(
                new CustomerUpdate($"c{customer}", account, [new("plan", plan), new("size", $"{customer % 3}")]),
                Samples.Noon,
                index: 0,
                out _
            );
            population.Record($"c{customer}", "login", Samples.Noon);
            (plans[customer], accounts[customer]) = (plan, account);
            events[customer]++;
            if (step % 500 == 0)
            {
                AssertSegments(population, plans, accounts, events);
            }
        }
        AssertSegments(population, plans, accounts, events);
    }

    private static void AssertSegments(Population population, string[] plans, string[] accounts, int[] events)
    {
        foreach (var plan in plans.Where(p => p.Length > 0).Distinct().Take(10).Append("nobody's"))
        {
            int[] members = [.. Enumerable.Range(0, plans.Length).Where(c => plans[c] == plan && c % 3 == 1)];
            var query = new SegmentQuery
            {
                Workspace = "default",
                Filter = Filter.Parse($"plan = \"{plan}\" AND size = \"1\""),
                Top = 1_000,
                EventTotals = true,
            };
            var segment = SegmentTally.Summarize(
                [population.Tally(query, Model, Samples.Noon)],
                query,
                Model,
                Samples.Noon
            );
            Assert.Equal(members.Select(c => $"c{c}").Order(), segment.Top.Select(r => r.CustomerId).Order());
            Assert.Equal(members.Sum(c => events[c]), segment.EventTotals.Sum(t => t.Count));
        }
        foreach (var account in accounts.Where(a => a.Length > 0).Distinct())
        {
            Assert.Equal(
                accounts.Count(a => a == account),
                population.TallyAccount(account, Model, 30, Samples.Noon).Customers
            );
        }
    }

    /// <summary>248 bytes.</summary>
    private static string Value(int number) => number.ToString("D248", CultureInfo.InvariantCulture);
}
