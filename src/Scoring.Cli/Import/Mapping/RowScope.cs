using System.Globalization;
using Scoring.Cli.Import.Sources;
using Scoring.Cli.Times;

namespace Scoring.Cli.Import.Mapping;

/// <summary>One row as its rules see it: its own columns and, found when first asked for, its joined rows.</summary>
internal sealed class RowScope(FileMapping file, Row row, IReadOnlyDictionary<string, Lookup> lookups)
{
    private readonly Dictionary<string, Row?> _joined = new(StringComparer.Ordinal);

    public Row Row => row;

    public TimestampFormats Timestamps => file.Timestamps;

    /// <summary>Why the current rule cannot take the row; null while it can.</summary>
    public RowRejection? Rejection { get; private set; }

    /// <summary>Forgets the rejection before the next rule looks at the row.</summary>
    public void BeginRule() => Rejection = null;

    /// <summary>Notes why the rule cannot take the row; the first reason stays.</summary>
    public void Reject(string reason, string message) => Rejection ??= new RowRejection(reason, message);

    /// <summary>The text of a column; empty when it has none.</summary>
    public string Read(ColumnReference reference) =>
        reference switch
        {
            { Join: null, Column: Row.NumberName } => row.Number.ToString(CultureInfo.InvariantCulture),
            { Join: null, Column: Row.HashName } => row.Hash,
            { Join: null } => row[reference.Column],
            { Join: { } join } => Joined(join)?[reference.Column] ?? string.Empty,
        };

    /// <summary>Reads an instant, or rejects the row.</summary>
    public DateTimeOffset ReadInstant(string field, string text)
    {
        if (!Timestamps.TryParse(text, out var instant) && Rejection is null)
        {
            Reject(RowRejection.BadTimestamp, $"'{text}' is not a time of the form {Timestamps} ('{field}')");
        }

        return instant;
    }

    private Row? Joined(string name)
    {
        if (!_joined.TryGetValue(name, out var found))
        {
            found = Find(name);
            _joined[name] = found;
        }

        if (found is null && !Join(name).Optional)
        {
            var join = Join(name);
            Reject(
                RowRejection.NoMatch,
                $"no row of '{join.File}' has {join.Key} = '{join.KeyValue.Evaluate(this)}' (join '{name}')"
            );
        }

        return found;
    }

    private Row? Find(string name)
    {
        var join = Join(name);
        var key = join.KeyValue.Evaluate(this);
        if (join.Latest is null)
        {
            return lookups[name].Only(key);
        }

        var limit = ReadInstant($"joins.{name}.on_or_before", join.Latest.OnOrBefore.Evaluate(this));
        return Rejection is null ? lookups[name].Latest(key, limit, join.Latest.OtherwiseEarliest) : null;
    }

    private JoinMapping Join(string name) => file.Joins.First(join => join.Name == name);
}

/// <summary>Why a rule cannot take a row.</summary>
/// <param name="Reason">For programs and for counting.</param>
/// <param name="Message">For people.</param>
internal sealed record RowRejection(string Reason, string Message)
{
    public const string MalformedRow = "malformed_row";
    public const string ValueEmpty = "value_empty";
    public const string ValueNotInMap = "value_not_in_map";
    public const string BadTimestamp = "bad_timestamp";
    public const string BadNumber = "bad_number";
    public const string NoMatch = "no_match";
}
