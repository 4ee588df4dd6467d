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
                new ElapsedTimeColumn(),
                new RemainingTimeColumn()
            );
        return progress.StartAsync(context =>
            work(
                (title, total) =>
                {
                    var task = context.AddTask(Markup.Escape(title), maxValue: Math.Max(total, 1));
                    return new ProgressBar(
                        total,
                        (share, detail) =>
                        {
                            task.Value = share * task.MaxValue;
                            task.Description = Markup.Escape(title + detail);
                        }
                    );
                }
            )
        );
    }

    private sealed class Lines(IAnsiConsole console, string title)
    {
        private const int Steps = 5;
        private int _shown;

        public void Show(double share, string detail)
        {
            var step = (int)(share * Steps);
            if (step > _shown)
            {
                _shown = step;
                var percent = (100 * step / Steps).ToString(CultureInfo.InvariantCulture);
                console.MarkupLineInterpolated($"{title}: {percent} %{detail}");
            }
        }
    }
}

/// <summary>One piece of work and how much of it is done.</summary>
/// <param name="total">How much there is, in any unit.</param>
/// <param name="show">Told the share that is done, 0..1, and more about it.</param>
internal sealed class ProgressBar(double total, Action<double, string> show)
{
    /// <summary>Says how much is done.</summary>
    /// <param name="done">That.</param>
    /// <param name="detail">What is to stand behind the title.</param>
    public void Report(double done, string detail = "") => show(total > 0 ? Math.Clamp(done / total, 0, 1) : 1, detail);

    public void Complete() => show(1, "");
}
