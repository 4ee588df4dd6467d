using System.Security.Cryptography;
using Scoring.Cli.Import.Sources;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Scoring.Cli.Import.Mapping;

/// <summary>Reads a mapping file (docs/import.md) and refuses whatever it does not understand, with line and field.</summary>
internal static class MappingReader
{
    private const string Version = "1";

    private static readonly (RuleKind Kind, string List, string[] Required, string[] Optional)[] Kinds =
    [
        (RuleKind.Account, "accounts", ["id"], ["seats", "attributes", "when"]),
        (RuleKind.Customer, "customers", ["id"], ["account", "attributes", "when"]),
        (
            RuleKind.Event,
            "events",
            ["type", "id", "customer", "at"],
            ["known_at", "account", "value", "feature", "when"]
        ),
    ];

    /// <summary>Reads the file at a path.</summary>
    /// <exception cref="CommandFailedException">It cannot be read or is not a mapping.</exception>
    public static async Task<ImportMapping> ReadAsync(string path, CancellationToken cancellationToken)
    {
        try
        {
            return Read(path, await File.ReadAllBytesAsync(path, cancellationToken));
        }
        catch (Exception e) when (FileProblem.Is(e))
        {
            throw FileProblem.Reading(path, e);
        }
    }

    /// <summary>Reads a mapping from the bytes of its file.</summary>
    public static ImportMapping Read(string path, byte[] bytes)
    {
        var root = new MappingNode(path, "", Root(path, bytes));
        root.AllowOnly("version", "files");
        if (root.RequiredText("version") is not Version)
        {
            throw root.Error("version", $"this program reads version {Version}");
        }

        var files = root.Children("files").Select(ReadFile).ToList();
        if (files.Count == 0)
        {
            throw root.Error("files", "names no file");
        }

        CheckAcrossFiles(path, files);
        return new ImportMapping(Convert.ToHexStringLower(SHA256.HashData(bytes)), files);
    }

    private static YamlNode Root(string path, byte[] bytes)
    {
        try
        {
            Utf8Check.Require(path, bytes);
            var yaml = new YamlStream();
            using var reader = new StreamReader(new MemoryStream(bytes));
            yaml.Load(reader);
            return yaml.Documents is [var only]
                ? only.RootNode
                : throw new CommandFailedException(
                    $"{path}:1: expected one YAML document, found {yaml.Documents.Count}"
                );
        }
        catch (YamlException e)
        {
            throw new CommandFailedException($"{path}:{e.Start.Line}: not YAML: {e.Message}", e);
        }
    }

    private static FileMapping ReadFile(MappingNode node)
    {
        node.AllowOnly(
            "path",
            "name",
            "format",
            "delimiter",
            "header",
            "timestamps",
            "joins",
            "accounts",
            "customers",
            "events"
        );
        var fileName = node.RequiredText("path");
        var name = node.OptionalText("name") ?? Path.GetFileNameWithoutExtension(fileName);
        var format = ReadFormat(node, fileName);
        var delimiter = DelimiterReader.Read(node);
        var hasHeader = ReadFlag(node, "header", otherwise: true);
        var timestamps = ReadTimestamps(node);
        var joins = ReadJoins(node);
        string[] joinNames = [.. joins.Select(join => join.Name)];
        List<Rule> rules =
        [
            .. from kind in Kinds from rule in node.Children(kind.List) select ReadRule(rule, kind, joinNames),
        ];
        return new FileMapping(name, (int)node.Line, fileName, format, delimiter, hasHeader, timestamps, joins, rules);
    }

    private static SourceFormat ReadFormat(MappingNode node, string fileName)
    {
        var ending = Path.GetExtension(fileName).ToUpperInvariant();
        return (node.OptionalText("format"), ending) switch
        {
            ("csv", _) or (null, ".CSV") => SourceFormat.Csv,
            ("jsonl", _) or (null, ".JSONL" or ".NDJSON") => SourceFormat.JsonLines,
            (null, _) => throw node.Error(
                "path",
                $"'{fileName}' does not end in .csv or .jsonl; add format: csv or format: jsonl"
            ),
            var (other, _) => throw node.Error("format", $"'{other}' is neither csv nor jsonl"),
        };
    }

    private static TimestampFormats ReadTimestamps(MappingNode node)
    {
        var formats = node.Texts("timestamps");
        foreach (var format in formats)
        {
            if (!TimestampFormats.IsFormat(format))
            {
                throw node.Error(
                    "timestamps",
                    $"'{format}' is not a date format; write for example yyyy-MM-dd, unix or unix_ms"
                );
            }
        }

        return formats.Count > 0 ? new TimestampFormats(formats) : TimestampFormats.Default;
    }

    private static List<JoinMapping> ReadJoins(MappingNode node)
    {
        var joins = new List<JoinMapping>();
        if (node.OptionalMapping("joins") is not { } fields)
        {
            return joins;
        }

        foreach (var name in fields.Names)
        {
            if (name.Length == 0 || name.Contains('.', StringComparison.Ordinal))
            {
                throw fields.Error(name, "the name of a join may have no dot");
            }

            var join = fields.OptionalMapping(name)!;
            // A join may refer to those before it, so that files can be reached over others.
            string[] earlier = [.. joins.Select(j => j.Name)];
            joins.Add(ReadJoin(name, join, earlier));
        }

        return joins;
    }

    private static JoinMapping ReadJoin(string name, MappingNode join, string[] earlier)
    {
        join.AllowOnly("file", "key", "equals", "latest", "on_or_before", "ties", "otherwise", "optional");
        var file = join.RequiredText("file");
        var key = join.RequiredText("key");
        var keyValue = ReadTemplate(join, "equals", earlier);
        LatestChoice? latest = null;
        if (join.Has("latest"))
        {
            var otherwise = join.OptionalText("otherwise") ?? "none";
            if (otherwise is not ("none" or "earliest"))
            {
                throw join.Error("otherwise", $"'{otherwise}' is neither none nor earliest");
            }

            latest = new LatestChoice(
                join.RequiredText("latest"),
                ReadTemplate(join, "on_or_before", earlier),
                join.RequiredText("ties"),
                otherwise is "earliest"
            );
        }
        else if (join.Names.FirstOrDefault(field => field is "on_or_before" or "ties" or "otherwise") is { } choice)
        {
            throw join.Error(choice, "says how to choose among rows, which needs 'latest'");
        }

        return new JoinMapping(name, (int)join.Line, file, key, keyValue, latest, ReadFlag(join, "optional"));
    }

    private static bool ReadFlag(MappingNode node, string name, bool otherwise = false) =>
        node.OptionalText(name) switch
        {
            null => otherwise,
            "false" => false,
            "true" => true,
            var other => throw node.Error(name, $"'{other}' is neither true nor false"),
        };

    private static Rule ReadRule(
        MappingNode node,
        (RuleKind Kind, string List, string[] Required, string[] Optional) kind,
        string[] joins
    )
    {
        node.AllowOnly([.. kind.Required, .. kind.Optional]);
        var values = kind
            .Required.Concat(kind.Optional.Where(field => field is not ("attributes" or "when") && node.Has(field)))
            .ToDictionary(field => field, field => ReadValue(node, field, joins), StringComparer.Ordinal);
        return new Rule(
            kind.Kind,
            kind.Kind == RuleKind.Event ? values["type"].Template.Text : kind.List,
            node.Name,
            (int)node.Line,
            ReadConditions(node, joins),
            values,
            ReadAttributes(node, joins)
        );
    }

    private static Dictionary<string, MappedValue> ReadAttributes(MappingNode node, string[] joins)
    {
        var attributes = new Dictionary<string, MappedValue>(StringComparer.Ordinal);
        if (node.OptionalMapping("attributes") is { } fields)
        {
            foreach (var name in fields.Names)
            {
                attributes.Add(name, ReadValue(fields, name, joins));
            }
        }

        return attributes;
    }

    private static List<Condition> ReadConditions(MappingNode node, string[] joins) =>
        [.. node.Children("when").Select(condition => ReadCondition(condition, joins))];

    private static Condition ReadCondition(MappingNode node, string[] joins)
    {
        node.AllowOnly("column", "is", "is_not", "present");
        var column = ColumnReference.Parse(node.RequiredText("column"), joins);
        var given = node.Names.Where(name => name is "is" or "is_not" or "present").ToList();
        var (equal, unequal) = (node.Texts("is"), node.Texts("is_not"));
        var present = ReadFlag(node, "present");
        return given switch
        {
            ["is"] when equal.Count > 0 => new Condition(column, equal, Negated: false),
            ["is_not"] when unequal.Count > 0 => new Condition(column, unequal, Negated: true),
            ["present"] => new Condition(column, [""], Negated: present),
            _ => throw node.Error("column", "must be followed by one of is, is_not, present"),
        };
    }

    private static MappedValue ReadValue(MappingNode node, string name, string[] joins)
    {
        if (node.Required(name) is YamlScalarNode)
        {
            return new MappedValue(node.FieldPath(name), ReadTemplate(node, name, joins), null, null);
        }

        var fields = node.OptionalMapping(name)!;
        fields.AllowOnly("from", "map", "else");
        var template = ReadTemplate(fields, "from", joins);
        var table = fields.OptionalMapping("map") ?? throw fields.Error("map", "is missing");
        var map = table.Names.ToDictionary(key => key, key => table.OptionalText(key)!, StringComparer.Ordinal);
        var otherwise = fields.OptionalText("else");
        return new MappedValue(node.FieldPath(name), template, map, otherwise);
    }

    private static Template ReadTemplate(MappingNode node, string name, string[] joins)
    {
        var text = node.RequiredText(name);
        try
        {
            return Template.Parse(text, joins);
        }
        catch (FormatException e)
        {
            throw node.Error(name, e.Message);
        }
    }

    private static void CheckAcrossFiles(string path, List<FileMapping> files)
    {
        foreach (
            var twice in files.GroupBy(file => file.Name, StringComparer.Ordinal).Where(group => group.Count() > 1)
        )
        {
            var line = twice.Last().Line;
            throw new CommandFailedException(
                $"{path}:{line}: two files are called '{twice.Key}'; give one another name"
            );
        }

        foreach (var join in files.SelectMany(file => file.Joins))
        {
            if (!files.Any(file => file.Name == join.File))
            {
                throw new CommandFailedException(
                    $"{path}:{join.Line}: joins.{join.Name}.file: there is no file '{join.File}'; "
                        + $"there are {string.Join(", ", files.Select(file => file.Name))}"
                );
            }
        }

        foreach (var file in files.Where(file => file.Rules.Count == 0))
        {
            if (!files.SelectMany(other => other.Joins).Any(join => join.File == file.Name))
            {
                throw new CommandFailedException(
                    $"{path}:{file.Line}: the file '{file.Name}' has no accounts, customers or events and no join uses it"
                );
            }
        }
    }
}
