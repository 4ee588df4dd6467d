using System.Globalization;
using Google.Protobuf.WellKnownTypes;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Models;

/// <summary>How well models told what happened, on the screen.</summary>
internal static class EvaluationView
{
    public static void Show(IAnsiConsole console, EvaluateScoringModelRequest request, ModelEvaluation evaluation)
    {
        console.MarkupLine($"[bold]{Markup.Escape(TitleOf(request))}[/]");
        ShowFigures(console, evaluation, NameOf);
        foreach (var model in evaluation.Models)
        {
            ShowTenths(console, model);
        }
        ShowDoubts(console, evaluation);
        console.MarkupLine($"[grey]Scores {KnownText(request)}; nothing was changed[/]");
    }

    /// <summary>The areas and other figures of models, and the difference between two.</summary>
    public static void ShowFigures(
        IAnsiConsole console,
        ModelEvaluation evaluation,
        Func<EvaluatedModel, string> nameOf
    )
    {
        ShowCutOffs(console, evaluation);
        ShowModels(console, evaluation, nameOf);
        if (evaluation.Difference is { } difference)
        {
            console.MarkupLine(
                $"The difference in AUC is {Signed(difference.Difference)} (95 %: {Signed(difference.LowerBound)} to {Signed(difference.UpperBound)}), p = {PValue(difference.PValue)}."
            );
        }
    }

    /// <summary>What is missing for the figures to say something, and what may make them mean something else.</summary>
    public static void ShowDoubts(IAnsiConsole console, ModelEvaluation evaluation)
    {
        foreach (var model in evaluation.Models.Where(model => model.Gaps.Count > 0))
        {
            console.MarkupLine(
                $"[yellow]{NameOf(model)}: too little to say anything by: {string.Join("; ", model.Gaps.Select(GapText))}.[/]"
            );
        }
        // Of two models of one name both may be warned of.
        foreach (var warning in evaluation.Warnings.Select(WarningText).Distinct())
        {
            console.MarkupLine($"[yellow]{Markup.Escape(warning)}[/]");
        }
    }

    /// <summary>By what customers were scored.</summary>
    public static string KnownText(EvaluateScoringModelRequest request) =>
        request.AsUnderstoodNow ? "by all that is known now" : "as they were known at each cut-off";

    private static void ShowCutOffs(IAnsiConsole console, ModelEvaluation evaluation)
    {
        var table = Tables.New([
            "cut-off (UTC)",
            "customers",
            "happened",
            "left out",
            "late events",
            .. evaluation.Models.Select(model => $"AUC of {model.ModelName}"),
        ]);
        for (var i = 0; i < evaluation.CutOffs.Count; i++)
        {
            var cutOff = evaluation.CutOffs[i];
            table.AddRow([
                Words.EndOfPeriod(cutOff.Time),
                Words.Count(cutOff.CustomerCount),
                Words.Count(cutOff.HappenedCount),
                Words.Count(cutOff.LeftOutCount),
                Words.Count(cutOff.LateEventCount),
                .. evaluation.Models.Select(model => AreaText(model.CutOffs[i].Area)),
            ]);
        }
        console.Write(table);
    }

    private static void ShowModels(
        IAnsiConsole console,
        ModelEvaluation evaluation,
        Func<EvaluatedModel, string> nameOf
    )
    {
        var table = Tables.New(
            "Model",
            "AUC (95 %)",
            "PR AUC",
            "log-loss",
            "of the rate",
            "Brier",
            "warned of",
            "median lead"
        );
        foreach (var model in evaluation.Models)
        {
            table.AddRow(
                nameOf(model),
                AreaText(model.Area),
                model.HasAveragePrecision ? Figure(model.AveragePrecision) : Words.Absent,
                model.Calibration is { } calibration ? Figure(calibration.LogLoss) : Words.Absent,
                model.Calibration is { } of ? Figure(of.BaseLogLoss) : Words.Absent,
                model.Calibration is { } also ? Figure(also.Brier) : Words.Absent,
                model.LeadTime is { HappenedCount: > 0 } lead
                    ? Words.Percent0((double)lead.WarnedCount / lead.HappenedCount)
                    : Words.Absent,
                Days(model.LeadTime?.Median)
            );
        }
        console.Write(table);
    }

    private static void ShowTenths(IAnsiConsole console, EvaluatedModel model)
    {
        if (model.Tenths.Count == 0)
        {
            return;
        }
        var table = Tables.New($"Tenths by {model.ModelName}", "scores", "happened", "lift", "captured");
        for (var i = 0; i < model.Tenths.Count; i++)
        {
            var tenth = model.Tenths[i];
            table.AddRow(
                i == 0 ? "1, the likeliest" : $"{i + 1}",
                Words.Count(tenth.Count),
                Words.Number(tenth.HappenedCount),
                Words.Score(tenth.Lift),
                Words.Percent0(tenth.Captured)
            );
        }
        console.Write(table);
    }

    /// <summary>What is to be told beforehand.</summary>
    public static string TitleOf(EvaluateScoringModelRequest request)
    {
        var what = request.Outcome.RuleCase switch
        {
            OutcomeRule.RuleOneofCase.Event => request.Outcome.Event.EventType,
            OutcomeRule.RuleOneofCase.Attribute =>
                $"{request.Outcome.Attribute.Key} = {request.Outcome.Attribute.Value}",
            OutcomeRule.RuleOneofCase.SilenceDays => $"{Words.Count(request.Outcome.SilenceDays, "day")} of silence",
            _ => $"{Words.Count(request.Outcome.List.Customers.Count, "customer")} of a list",
        };
        var expected = request.HighScoresExpectIt ? "high" : "low";
        return $"{what} within {Words.Count(request.HorizonDays, "day")}, expected of {expected} scores";
    }

    /// <summary>A model and its version, as markup.</summary>
    public static string NameOf(EvaluatedModel model) =>
        Markup.Escape(
            model.ModelVersion == 0 ? $"{model.ModelName}, the file" : $"{model.ModelName} v{model.ModelVersion}"
        );

    private static string AreaText(AreaUnderRoc? area) =>
        area is null ? Words.Absent : $"{Figure(area.Area)} ({Figure(area.LowerBound)} to {Figure(area.UpperBound)})";

    private static string Days(Duration? time) =>
        time is null ? Words.Absent : $"{Words.Score(time.ToTimeSpan().TotalDays)} days";

    private static string Figure(double value) => value.ToString("0.000", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);

    private static string PValue(double value) => value < 0.001 ? "below 0.001" : Figure(value);

    private static string GapText(EvidenceGap gap) =>
        gap switch
        {
            EvidenceGap.TooFewHappened => "it happened to fewer than 30 customers",
            EvidenceGap.TooFewDidNotHappen => "it did not happen to fewer than 30 customers",
            EvidenceGap.IntervalTooWide => "the interval of the AUC is too wide",
            EvidenceGap.NoErrors => "there is no error at all; the score may have known what happened",
            _ => $"{gap}",
        };

    private static string WarningText(EvaluationWarning warning) =>
        warning.Kind switch
        {
            EvaluationWarningKind.OutcomeIsScored =>
                $"{warning.ModelName} scores {warning.EventType}, which is what it is to tell beforehand.",
            EvaluationWarningKind.OnlyAfterOutcome =>
                $"{warning.ModelName} scores {warning.EventType}, which comes when it has happened and not before: of {Words.Count(warning.Count, "customer")}.",
            EvaluationWarningKind.CountsLateEvents =>
                $"{Words.Count(warning.Count, "event")} counted that were not known by a cut-off.",
            EvaluationWarningKind.LeavesOutLateEvents =>
                $"{Words.Count(warning.Count, "event")} were not known by a cut-off and did not count. If they were recorded later than they were known, ask with --as-understood-now.",
            _ => $"{warning.Kind}",
        };
}
