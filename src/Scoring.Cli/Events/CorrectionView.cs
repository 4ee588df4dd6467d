using Scoring.Cli.Terminal;
using Spectre.Console;
using Outcome = Scoring.V1.CorrectionOutcome;

namespace Scoring.Cli.Events;

/// <summary>Shows what became of corrections: how many were made, and each that was not.</summary>
internal static class CorrectionView
{
    public static void Show(IAnsiConsole console, IReadOnlyList<CorrectionDone> done)
    {
        var voided = done.Count(of =>
            of.Result.Outcome == Outcome.Corrected && of.Asked.Correction.Replacement is null
        );
        var replaced = done.Count(of => of.Result.Outcome == Outcome.Corrected) - voided;
        var before = done.Count(of => of.Result.Outcome == Outcome.AlreadyCorrected);
        console.MarkupLineInterpolated($"{Words.Count(voided, "event")} voided, {replaced} replaced");
        if (before > 0)
        {
            console.MarkupLineInterpolated($"{Words.Count(before, "correction")} had been made before");
        }
        foreach (var (asked, result) in done.Where(IsFailed))
        {
            var place = asked.Place.Length > 0 ? asked.Place : asked.Correction.Event.CustomerId;
            console.MarkupLineInterpolated($"{place}: {result.Message}");
        }
    }

    /// <summary>Fails the command where something was not corrected.</summary>
    /// <exception cref="CommandFailedException">Something was not.</exception>
    public static void ThrowIfAnyFailed(IReadOnlyList<CorrectionDone> done)
    {
        if (done.Count(IsFailed) is var failed and > 0)
        {
            throw new CommandFailedException($"{failed} of {Words.Count(done.Count, "event")} not corrected");
        }
    }

    private static bool IsFailed(CorrectionDone done) =>
        done.Result.Outcome is not (Outcome.Corrected or Outcome.AlreadyCorrected);
}
