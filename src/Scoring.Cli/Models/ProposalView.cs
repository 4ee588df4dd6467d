using System.Globalization;
using Scoring.Cli.Terminal;
using Scoring.V1;
using Spectre.Console;

namespace Scoring.Cli.Models;

/// <summary>Proposed weights on the screen.</summary>
internal static class ProposalView
{
    public static void Show(
        IAnsiConsole console,
        EvaluateScoringModelRequest asked,
        ModelProposal proposal,
        FileInfo? file
    )
    {
        console.MarkupLine($"[bold]{Markup.Escape(EvaluationView.TitleOf(asked))}[/]");
        ShowFirstPart(console, proposal);
        if (proposal.Draft is { } draft)
        {
            ShowWeights(console, draft, proposal.Weights);
            ShowBands(console, proposal.Bands);
        }
        console.MarkupLine("The second part judges:");
        var judged = proposal.Evaluation.Clone();
        var isDraftJudged = judged.Models.Count > 1;
        if (isDraftJudged)
        {
            // It has the name of the model beside it.
            judged.Models[0].ModelName = "draft";
        }
        EvaluationView.ShowFigures(
            console,
            judged,
            model => isDraftJudged && ReferenceEquals(model, judged.Models[0]) ? "draft" : EvaluationView.NameOf(model)
        );
        EvaluationView.ShowDoubts(console, proposal.Evaluation);
        foreach (var gap in proposal.Gaps)
        {
            console.MarkupLine($"[yellow]Nothing is proposed: {GapText(gap, proposal)}.[/]");
        }
        var next =
            proposal.Draft is null ? "nothing was changed"
            : file is null ? "the draft is not stored; write it to a file with --draft"
            : $"the draft is not stored; see what it changes: scoring model preview {file}";
        console.MarkupLineInterpolated($"[grey]Scores {EvaluationView.KnownText(asked)}; {next}[/]");
    }

    private static void ShowFirstPart(IAnsiConsole console, ModelProposal proposal)
    {
        if (proposal.TaughtCutOffs is not [var first, ..])
        {
            return;
        }
        var last = proposal.TaughtCutOffs[^1];
        var times =
            proposal.TaughtCutOffs.Count == 1
                ? Words.EndOfPeriod(first.Time)
                : $"{Words.EndOfPeriod(first.Time)} to {Words.EndOfPeriod(last.Time)}";
        console.MarkupLine(
            $"The first part teaches: {Words.Count(proposal.TaughtCutOffs.Count, "cut-off")}, {times}, {Words.Count(proposal.TaughtCutOffs.Sum(cutOff => cutOff.CustomerCount), "score")}, after {Words.Count(proposal.TaughtCutOffs.Sum(cutOff => cutOff.HappenedCount))} of which it happened."
        );
    }

    private static void ShowWeights(
        IAnsiConsole console,
        ScoringModel draft,
        IReadOnlyCollection<ProposedWeight> weights
    )
    {
        Tables.WriteFitted(
            console,
            [
                new Column("What counts", IsText: true, Wraps: true),
                new Column("half-life"),
                new Column("weight"),
                new Column("proposed"),
                new Column("per deviation"),
                new Column("deviation"),
                new Column("", IsText: true),
            ],
            [
                .. draft.Terms.Zip(
                    weights,
                    (term, weight) =>
                        (string[])
                            [
                                Words.Plain(TermText.Of(term) ?? term.EventType)
                                    + (term.Measure == Measure.Value ? " [grey](value)[/]" : ""),
                                TermText.Of(term) is not null ? Words.Absent
                                : term.HalfLifeDays == 0 ? "lifetime"
                                : $"{term.HalfLifeDays} days",
                                Words.Fine(weight.BaseWeight),
                                Weight(weight.Weight),
                                weight.Kind == ProposedWeightKind.Fitted ? Signed(weight.Coefficient) : Words.Absent,
                                Weight(weight.Deviation),
                                KindText(weight.Kind),
                            ]
                ),
            ]
        );
        if (weights.Any(weight => weight.Kind == ProposedWeightKind.Dropped))
        {
            console.MarkupLine("Dropped: with the sign that it may have, it told nothing.");
        }
        if (weights.Any(weight => weight.Kind == ProposedWeightKind.Kept))
        {
            console.MarkupLine("Kept: it was the same for all, so nothing speaks for or against its weight.");
        }
    }

    private static void ShowBands(IAnsiConsole console, IEnumerable<ProposedBand> bands)
    {
        var table = Tables.New("Band", "share", "by the draft");
        foreach (var band in bands)
        {
            table.AddRow(Words.Plain(band.Name), Words.Percent0(band.BaseShare), Words.Percent0(band.DraftShare));
        }
        console.Write(table);
    }

    private static string KindText(ProposedWeightKind kind) =>
        kind switch
        {
            ProposedWeightKind.Dropped => "dropped",
            ProposedWeightKind.Kept => "kept",
            _ => "",
        };

    private static string GapText(ProposalGap gap, ModelProposal proposal) =>
        gap switch
        {
            ProposalGap.TooFewPerWeight =>
                $"the first part has {Words.Count(proposal.OutcomeCount, "customer")} of the rarer kind, and {Words.Count(proposal.NeededOutcomeCount)} are needed, 10 for each weight",
            ProposalGap.TooFewToJudge => "the second part has fewer than 30 customers of one kind to judge by",
            ProposalGap.NothingTells => "no term told anything with a sign that it may have",
            _ => $"{gap}",
        };

    /// <summary>Four digits.</summary>
    private static string Weight(double value) => value.ToString("G4", CultureInfo.InvariantCulture);

    private static string Signed(double value) => value.ToString("+0.000;-0.000;0.000", CultureInfo.InvariantCulture);
}
