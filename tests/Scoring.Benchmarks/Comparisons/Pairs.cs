namespace Scoring.Benchmarks.Comparisons;

/// <summary>Two servers that do the same in turns.</summary>
/// <param name="run">What to work with.</param>
/// <param name="built">That of this build.</param>
/// <param name="other">The one that it is measured against.</param>
/// <param name="otherName">What to call that.</param>
internal sealed class Pairs<TSide>(ComparisonRun run, TSide built, TSide other, string otherName)
    where TSide : notnull
{
    /// <summary>Measures something and takes it down.</summary>
    /// <param name="subject">What is measured.</param>
    /// <param name="what">What is counted, such as <c>event</c>.</param>
    /// <param name="goal">The bound that the median ratio of the rates is to keep; null if there is none.</param>
    /// <param name="measure">Measures it once.</param>
    public async Task MeasureAsync(string subject, string what, Goal? goal, Func<TSide, Task<Figure>> measure)
    {
        var pairs = new List<(Figure Built, Figure Other)>();
        // The first round warms up; which one goes first changes, since the second has the quieter machine.
        for (var pair = 0; pair <= run.Options.Pairs; pair++)
        {
            var figures = new Dictionary<TSide, Figure>();
            foreach (var side in pair % 2 == 0 ? new[] { built, other } : [other, built])
            {
                figures[side] = await measure(side);
            }
            if (pair > 0)
            {
                pairs.Add((figures[built], figures[other]));
                ComparisonRun.Say(
                    $"{subject} {pair} of {run.Options.Pairs}: {figures[built]} beside {figures[other]} a {what}"
                );
            }
        }
        run.Report.Add(
            subject,
            $"{what}s/s",
            otherName,
            goal,
            [.. pairs.Select(pair => (pair.Built.PerSecond, pair.Other.PerSecond))]
        );
        run.Report.Add(
            $"{subject}, processor time of the server",
            $"µs/{what}",
            otherName,
            null,
            [.. pairs.Select(pair => (pair.Built.Cost, pair.Other.Cost))]
        );
    }
}
