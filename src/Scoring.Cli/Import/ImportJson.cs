using System.Text.Json.Serialization;

namespace Scoring.Cli.Import;

/// <summary>The reconciliation for programs.</summary>
[JsonSourceGenerationOptions(WriteIndented = true, PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase)]
[JsonSerializable(typeof(ImportSummary))]
internal sealed partial class ImportJson : JsonSerializerContext;

/// <summary>What <c>import --json</c> writes.</summary>
internal sealed record ImportSummary(bool Tallies, long Rejected, IReadOnlyList<ImportLine> Lines)
{
    public static ImportSummary Of(ImportReport report) =>
        new(report.Tallies, report.Rejected, [.. report.Rules.Select(ImportLine.Of)]);
}

/// <summary>What one rule made of one file.</summary>
internal sealed record ImportLine(
    string File,
    string Becomes,
    long Rows,
    long NotWanted,
    long ImportedEarlier,
    long Accepted,
    long Duplicates,
    long Rejected,
    IReadOnlyList<ImportRejection> Rejections
)
{
    public static ImportLine Of(RuleTally rule) =>
        new(
            rule.File,
            rule.Rule,
            rule.Rows,
            rule.Unwanted,
            rule.Earlier,
            rule.Accepted,
            rule.Duplicates,
            rule.Rejected,
            [.. rule.Rejections.Select(r => new ImportRejection(r.Reason, r.Count, r.FirstLine, r.FirstMessage))]
        );
}

/// <summary>One reason for refusing rows.</summary>
internal sealed record ImportRejection(string Reason, long Rows, long FirstLine, string FirstMessage);
