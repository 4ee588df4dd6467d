using System.Globalization;
using Spectre.Console;

namespace Scoring.Cli.Terminal;

/// <summary>Shows how far work has come: bars on a terminal, a line for every fifth of the way elsewhere.</summary>
internal static class ProgressDisplay
{
    /// <summary>Runs work that reports its progress.</summary>
    public static Task<T> RunAsync<T>(IAnsiConsole console, Func<Func<string, double, ProgressBar>, Task<T>> work)
    {
        if (!console.Profile.Capabilities.Interactive || !console.Profile.Capabilities.Ansi)
        {
            return work((title, total) => new ProgressBar(total, new Lines(console, title).Show));
        }

        var progress = console
            .Progress()
            .Columns(
                new TaskDescriptionColumn { Alignment = Justify.Left },
                new ProgressBarColumn { Width = 40 },
                new PercentageColumn(),
                new ElapsedTimeColumn()
            );
        return progress.StartAsync(context =>
            work(
                (title, total) =>
                {
                    var task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(total, 1));
                    return new ProgressBar(total, share => task.Value = share * task.MaxValue);
                }
            )
        );
    }

    private sealed class Lines(IAnsiConsole console, string title)
    {
        private const int Steps = 5;
        private int _shown;

        public void Show(double share)
        {
            var step = (int)(share * Steps);
            if (step > _shown)
            {
                _shown = step;
                var percent = (100 * step / Steps).ToString(CultureInfo.InvariantCulture);
                console.MarkupLineInterpolated($"{title}: {percent} %");
            }
        }
    }
}

/// <summary>One piece of work and how much of it is done.</summary>
/// <param name="total">How much there is, in any unit.</param>
/// <param name="show">Told the share that is done, 0..1.</param>
internal sealed class ProgressBar(double total, Action<double> show)
{
    public void Report(double done) => show(total > 0 ? Math.Clamp(done / total, 0, 1) : 1);

    public void Complete() => show(1);
}
