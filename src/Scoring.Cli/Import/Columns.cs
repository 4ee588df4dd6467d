using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Import.Sources;

namespace Scoring.Cli.Import;

/// <summary>Which columns a mapping reads.</summary>
internal static class Columns
{
    /// <summary>The columns of a file itself.</summary>
    public static IEnumerable<RequiredColumn> Of(FileMapping file) =>
        References(file)
            .Where(r => r.Reference is { Join: null, Column: not (Row.NumberName or Row.HashName) })
            .Select(r => new RequiredColumn(r.Reference.Column, r.Line, r.Field));

    /// <summary>The columns of the file that a join looks up.</summary>
    public static IEnumerable<RequiredColumn> Of(FileMapping file, JoinMapping join)
    {
        var field = $"joins.{join.Name}";
        yield return new RequiredColumn(join.Key, join.Line, field);
        if (join.Latest is not null)
        {
            yield return new RequiredColumn(join.Latest.By, join.Line, field);
            yield return new RequiredColumn(join.Latest.Ties, join.Line, field);
        }

        foreach (var (line, name, reference) in References(file).Where(r => r.Reference.Join == join.Name))
        {
            yield return new RequiredColumn(reference.Column, line, name);
        }
    }

    /// <summary>Whether anything is made of the hashes of a file's rows.</summary>
    public static bool UseHash(FileMapping file) =>
        References(file).Any(r => r.Reference is { Join: null, Column: Row.HashName });

    private static IEnumerable<(int Line, string Field, ColumnReference Reference)> References(FileMapping file)
    {
        foreach (var join in file.Joins)
        {
            var templates = join.Latest is null ? [join.KeyValue] : new[] { join.KeyValue, join.Latest.OnOrBefore };
            foreach (var reference in templates.SelectMany(template => template.References))
            {
                yield return (join.Line, $"joins.{join.Name}", reference);
            }
        }

        foreach (var rule in file.Rules)
        {
            foreach (var (field, reference) in rule.References)
            {
                yield return (rule.Line, field, reference);
            }
        }
    }
}
