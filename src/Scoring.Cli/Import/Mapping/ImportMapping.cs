using Scoring.Cli.Import.Sources;
using Scoring.Cli.Times;

namespace Scoring.Cli.Import.Mapping;

/// <summary>How the rows of files become customers, accounts and events: a mapping file, read and checked.</summary>
/// <param name="Sha256">Hash of its bytes, in lower-case hexadecimal digits.</param>
/// <param name="Files">The files, in the order in which they are imported.</param>
internal sealed record ImportMapping(string Sha256, IReadOnlyList<FileMapping> Files);

/// <summary>What one file holds and what its rows become.</summary>
/// <param name="Name">What joins call it.</param>
/// <param name="Line">Where the mapping file says so.</param>
/// <param name="FileName">Its name in the folder.</param>
/// <param name="Format">What it is written in.</param>
/// <param name="Delimiter">What stands between the fields of a line; CSV only.</param>
/// <param name="HasHeader">Whether the first line names the columns; otherwise they are called 1, 2 and so on. CSV only.</param>
/// <param name="Timestamps">The forms of its instants.</param>
/// <param name="Joins">Rows of other files that its rows refer to.</param>
/// <param name="Rules">What its rows become.</param>
internal sealed record FileMapping(
    string Name,
    int Line,
    string FileName,
    SourceFormat Format,
    Delimiter Delimiter,
    bool HasHeader,
    TimestampFormats Timestamps,
    IReadOnlyList<JoinMapping> Joins,
    IReadOnlyList<Rule> Rules
);
