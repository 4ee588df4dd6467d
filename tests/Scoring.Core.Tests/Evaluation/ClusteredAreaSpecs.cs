using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.Evaluation;

namespace Scoring.Core.Tests.Evaluation;

/// <summary>What ranks find out is what looking at every pair finds out, also where subjects have several rows.</summary>
public sealed class ClusteredAreaSpecs
{
    [Fact]
    public void Areas_and_variances_are_those_of_all_pairs() =>
        Prop.ForAll(
                Rows(),
                rows =>
                {
                    var (first, second) = (Of(rows, row => row.A), Of(rows, row => row.B));
                    var (one, two) = (AreaUnderRoc.Of(first), AreaUnderRoc.Of(second));
                    var difference = AreaDifference.Of(first, second);
                    if (one is null || two is null || difference is null)
                    {
                        return;
                    }
                    var a = new AllPairs(rows, row => row.A);
                    var b = new AllPairs(rows, row => row.B);
                    Assert.Equal(a.Area, one.Area, 1e-12);
                    Assert.Equal(a.CovarianceWith(a), one.Variance, 1e-12);
                    Assert.Equal(a.Area - b.Area, difference.Difference, 1e-12);
                    var variance = a.CovarianceWith(a) + b.CovarianceWith(b) - (2 * a.CovarianceWith(b));
                    Assert.Equal(variance, difference.Variance, 1e-12);
                }
            )
            .Check(Config.QuickThrowOnFailure.WithMaxTest(500));

    [Fact]
    public void Subjects_that_come_twice_make_an_interval_no_narrower()
    {
        int[] numbers = [.. ReferenceSample.Numbers, .. ReferenceSample.Numbers];
        double[] scores = [.. ReferenceSample.A, .. ReferenceSample.A];
        bool[] happened = [.. ReferenceSample.Happened, .. ReferenceSample.Happened];
        var once = AreaUnderRoc.Of(ReferenceSample.Of(ReferenceSample.A))!;

        var twice = AreaUnderRoc.Of(new(scores, happened, numbers))!;
        var taken = AreaUnderRoc.Of(new(scores, happened))!;

        Assert.Equal(once.Area, twice.Area, 1e-13);
        Assert.Equal(once.Variance, twice.Variance, 1e-13);
        Assert.True(taken.Variance < 0.6 * once.Variance);
    }

    private static Outcomes Of(Row[] rows, Func<Row, int> of) =>
        new(
            [.. rows.Select(row => (double)of(row))],
            [.. rows.Select(row => row.Happened)],
            [.. rows.Select(row => row.Subject)]
        );

    private static Arbitrary<Row[]> Rows() =>
        (
            from a in Gen.Choose(0, 6)
            from b in Gen.Choose(0, 20)
            from happened in Gen.Elements(true, false)
            from subject in Gen.Choose(0, 12)
            select new Row(a, b, happened, subject)
        )
            .ArrayOf()
            .ToArbitrary();

    private readonly record struct Row(int A, int B, bool Happened, int Subject);

    /// <summary>The area as its definition has it.</summary>
    private sealed class AllPairs(Row[] rows, Func<Row, int> of)
    {
        public double Area => Positives.Average(Placement);

        private Row[] Positives => [.. rows.Where(row => row.Happened)];

        private Row[] Negatives => [.. rows.Where(row => !row.Happened)];

        public double CovarianceWith(AllPairs other)
        {
            var (positive, negative, both) = (0.0, 0.0, 0.0);
            foreach (var subject in rows.Select(row => row.Subject).Distinct())
            {
                positive += SumOf(Positives, subject) * other.SumOf(Positives, subject);
                negative += SumOf(Negatives, subject) * other.SumOf(Negatives, subject);
                both += SumOf(Positives, subject) * other.SumOf(Negatives, subject);
                both += SumOf(Negatives, subject) * other.SumOf(Positives, subject);
            }
            double m = Positives.Length;
            double n = Negatives.Length;
            return (Factor(Positives) * positive / (m * m))
                + (Factor(Negatives) * negative / (n * n))
                + (both == 0 ? 0 : Factor(rows) * both / (m * n));
        }

        private double SumOf(Row[] of, int subject) =>
            of.Where(row => row.Subject == subject).Sum(row => Placement(row) - Area);

        private double Placement(Row row) =>
            row.Happened
                ? Negatives.Average(other => Above(of(row), of(other)))
                : Positives.Average(other => Above(of(other), of(row)));

        private static double Above(int one, int other) =>
            one > other ? 1
            : one == other ? 0.5
            : 0;

        private static double Factor(Row[] of)
        {
            double subjects = of.Select(row => row.Subject).Distinct().Count();
            return subjects / (subjects - 1);
        }
    }
}
