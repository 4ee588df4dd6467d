using Scoring.Cli.Import.Sources;

namespace Scoring.Cli.Import.Mapping;

/// <summary>How the rows of files become customers, accounts and events: a mapping file, read and checked.</summary>
/// <param name="Path">The mapping file.</param>
/// <param name="Sha256">Hash of its bytes, in lower-case hexadecimal digits.</param>
/// <param name="Files">The files, in the order in which they are imported.</param>
internal sealed record ImportMapping(string Path, string Sha256, IReadOnlyList<FileMapping> Files);

/// <summary>What one file holds and what its rows become.</summary>
internal sealed record FileMapping(
    string Name,
    int Line,
    string FileName,
    SourceFormat Format,
    char Delimiter,
    TimestampFormats Timestamps,
    IReadOnlyList<JoinMapping> Joins,
    IReadOnlyList<Rule> Rules
);
