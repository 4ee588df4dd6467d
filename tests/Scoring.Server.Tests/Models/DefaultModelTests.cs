using Scoring.Core.Models;
using Scoring.Core.Workspaces;
using Scoring.ModelFiles;

namespace Scoring.Server.Tests.Models;

/// <summary>The shipped model says what domain.md says of engagement, by arithmetic.</summary>
public sealed class DefaultModelTests
{
    private static readonly ScoringModel Model = ModelFile.Load(
        Path.Combine(AppContext.BaseDirectory, "engagement.json"),
        new WorkspaceSettings { Name = "default", HalfLivesDays = [7, 30] }
    );

    private static IEnumerable<EventTerm> Terms => Model.Terms.Cast<EventTerm>();

    /// <summary>Events per day of four kinds of customers.</summary>
    private static readonly Dictionary<string, (string Type, double PerDay)[]> Customers = new()
    {
        ["casual"] = [("session_started", 1.5 / 7), ("page_viewed", 1.5), ("feature_used", 0.8), ("message_sent", 0.1)],
        ["solid"] =
        [
            ("session_started", 4.5 / 7),
            ("page_viewed", 5),
            ("feature_used", 2.5),
            ("message_sent", 0.7),
            ("content_created", 1.0 / 7),
            ("content_shared", 0.5 / 7),
            ("report_viewed", 1.5 / 7),
            ("colleague_invited", 0.01),
        ],
        ["power"] =
        [
            ("session_started", 1),
            ("page_viewed", 8),
            ("feature_used", 5),
            ("message_sent", 2),
            ("content_created", 2.0 / 7),
            ("content_shared", 1.0 / 7),
            ("report_viewed", 3.0 / 7),
        ],
        ["leaving"] = [("session_started", 0.1), ("complaint", 1.0 / 30), ("subscription_cancelled", 1.0 / 60)],
    };

    [Fact]
    public void Bands_are_those_of_the_field() =>
        Assert.Equal(
            ["churn_risk <0", "disengaged <=40", "somewhat_engaged <=70", "highly_engaged <=100", "power_user"],
            Model.Bands.Select(band =>
                band.UpperEnd is { } end ? $"{band.Name} {(band.UpperEndIncluded ? "<=" : "<")}{end}" : band.Name
            )
        );

    [Theory]
    [InlineData("casual", 5, 40, "disengaged")]
    [InlineData("solid", 70, 80, "highly_engaged")]
    [InlineData("power", 100, 200, "power_user")]
    [InlineData("leaving", -100, 0, "churn_risk")]
    public void Steady_customer_scores_as_one_would_say(string customer, double atLeast, double atMost, string band)
    {
        var score = Model.Score(Terms.Sum(term => term.Points(SteadyQuantity(customer, term))));

        Assert.InRange(score, atLeast, atMost);
        Assert.Equal(band, Model.Bands[Model.BandOf(score)].Name);
    }

    [Fact]
    public void No_single_activity_makes_anyone_highly_engaged() =>
        Assert.All(
            Terms.Where(term => term.Weight > 0).GroupBy(term => term.EventType),
            terms => Assert.InRange(Model.Score(terms.Sum(term => term.Points(1e9))), 0, 70)
        );

    [Fact]
    public void What_speaks_against_engagement_counts_against_it()
    {
        string[] bad =
        [
            "complaint",
            "login_failed",
            "payment_failed",
            "subscription_cancelled",
            "subscription_downgraded",
            "support_ticket_opened",
        ];
        Assert.Equal(bad, Terms.Where(term => term.Weight < 0).Select(term => term.EventType).Order());
    }

    /// <summary>An exponentially decayed sum of r events per day settles at r x half-life / ln 2.</summary>
    private static double SteadyQuantity(string customer, EventTerm term) =>
        Customers[customer].Where(rate => rate.Type == term.EventType).Sum(rate => rate.PerDay)
        * term.HalfLifeDays
        / Math.Log(2);
}
