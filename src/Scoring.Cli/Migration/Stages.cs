using Scoring.Cli.Terminal;

namespace Scoring.Cli.Migration;

/// <summary>Shows the stages of a migration, and ends it when it is told to.</summary>
/// <param name="addBar">Adds a bar: its title, how much there is.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class Stages(Func<string, double, ProgressBar> addBar, CancellationToken cancellationToken)
{
    /// <summary>A stage whose end is not known beforehand.</summary>
    public T Run<T>(string title, Func<Action<long, long>, T> work)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var bar = addBar(title, 1);
        var result = work((done, all) => bar.Report(all > 0 ? (double)done / all : 0));
        bar.Complete();
        return result;
    }

    /// <summary>A stage that goes through so many things.</summary>
    public IEnumerable<T> Through<T>(string title, long count, IEnumerable<T> items) =>
        Counter(title, count).Through(items);

    /// <summary>A stage that goes through so many things, in several goes.</summary>
    public StageCounter Counter(string title, long count) => new(addBar(title, count), count, cancellationToken);
}

/// <summary>Counts what a stage has gone through.</summary>
/// <param name="bar">Shows it.</param>
/// <param name="count">How much there is.</param>
/// <param name="cancellationToken">Ends it.</param>
internal sealed class StageCounter(ProgressBar bar, long count, CancellationToken cancellationToken)
{
    private const int ShownEvery = 4_096;
    private long _done;

    public IEnumerable<T> Through<T>(IEnumerable<T> items)
    {
        foreach (var item in items)
        {
            if (_done++ % ShownEvery == 0)
            {
                cancellationToken.ThrowIfCancellationRequested();
                bar.Report(_done);
            }
            yield return item;
        }
        if (_done >= count)
        {
            bar.Complete();
        }
    }
}
