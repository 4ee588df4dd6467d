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
)
{
    /// <summary>The columns that are read of the file itself.</summary>
    public IEnumerable<RequiredColumn> Columns =>
        References()
            .Where(r => r.Reference is { Join: null, Column: not (Row.NumberName or Row.HashName) })
            .Select(r => new RequiredColumn(r.Reference.Column, r.Line, r.Field));

    /// <summary>The columns that are read of the file that a join looks up.</summary>
    public IEnumerable<RequiredColumn> ColumnsOf(JoinMapping join)
    {
        var field = $"joins.{join.Name}";
        yield return new RequiredColumn(join.Key, join.Line, field);
        if (join.Latest is not null)
        {
            yield return new RequiredColumn(join.Latest.By, join.Line, field);
            yield return new RequiredColumn(join.Latest.Ties, join.Line, field);
        }

        foreach (var (line, name, reference) in References().Where(r => r.Reference.Join == join.Name))
        {
            yield return new RequiredColumn(reference.Column, line, name);
        }
    }

    /// <summary>Whether anything is made of the hashes of the rows.</summary>
    public bool UsesHash => References().Any(r => r.Reference is { Join: null, Column: Row.HashName });

    private IEnumerable<(int Line, string Field, ColumnReference Reference)> References()
    {
        foreach (var join in Joins)
        {
            var templates = join.Latest is null ? [join.KeyValue] : new[] { join.KeyValue, join.Latest.OnOrBefore };
            foreach (var reference in templates.SelectMany(template => template.References))
            {
                yield return (join.Line, $"joins.{join.Name}", reference);
            }
        }

        foreach (var rule in Rules)
        {
            foreach (var (field, reference) in rule.References)
            {
                yield return (rule.Line, field, reference);
            }
        }
    }
}
