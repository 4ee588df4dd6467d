using Scoring.Cli.Terminal;
using Scoring.Core.Names;
using YamlDotNet.RepresentationModel;

namespace Scoring.Cli.Import.Mapping;

/// <summary>A mapping node of the file that knows where it stands and which fields it may have.</summary>
internal sealed class MappingNode
{
    private readonly string _file;
    private readonly Dictionary<string, (YamlNode Key, YamlNode Value)> _fields = new(StringComparer.Ordinal);

    public MappingNode(string file, string path, YamlNode node)
    {
        _file = file;
        Path = path;
        Line = node.Start.Line;
        if (node is not YamlMappingNode mapping)
        {
            throw Error(node, path, $"expected fields (name: value), found {Kind(node)}");
        }

        foreach (var (key, value) in mapping.Children)
        {
            _fields.Add(Text(key, path), (key, value));
        }
    }

    /// <summary>The field's full name, for example <c>files[1].events[0]</c>.</summary>
    public string Path { get; }

    /// <summary>The last part of that, for example <c>events[0]</c>.</summary>
    public string Name => Path[(Path.LastIndexOf('.') + 1)..];

    /// <summary>The line that the node begins in, from 1.</summary>
    public long Line { get; }

    public IReadOnlyCollection<string> Names => _fields.Keys;

    public bool Has(string name) => _fields.ContainsKey(name);

    public string FieldPath(string name) => Path.Length == 0 ? name : $"{Path}.{name}";

    public YamlNode? Optional(string name) => _fields.TryGetValue(name, out var field) ? field.Value : null;

    public YamlNode Required(string name) =>
        Optional(name) ?? throw new CommandFailedException($"{_file}:{Line}: {FieldPath(name)} is missing");

    public string? OptionalText(string name) => Optional(name) is { } node ? Text(node, FieldPath(name)) : null;

    public string RequiredText(string name)
    {
        var node = Required(name);
        var text = Text(node, FieldPath(name));
        return text.Length > 0 ? text : throw Error(node, FieldPath(name), "is empty");
    }

    public MappingNode? OptionalMapping(string name) =>
        Optional(name) is { } node ? new MappingNode(_file, FieldPath(name), node) : null;

    /// <summary>The elements of a list of mapping nodes; none when the field is absent.</summary>
    public IEnumerable<MappingNode> Children(string name) =>
        List(name).Select(item => new MappingNode(_file, item.Path, item.Node));

    /// <summary>One text, or a list of them.</summary>
    public IReadOnlyList<string> Texts(string name) =>
        Optional(name) switch
        {
            null => [],
            YamlSequenceNode => [.. List(name).Select(item => Text(item.Node, item.Path))],
            var node => [Text(node, FieldPath(name))],
        };

    /// <summary>Refuses every other field, before it is said that one is missing: it may be misspelt.</summary>
    public void AllowOnly(params string[] known)
    {
        foreach (var (name, (key, _)) in _fields)
        {
            if (!known.Contains(name, StringComparer.Ordinal))
            {
                var advice = new NearestTexts(name, known).Nearest is { } nearest ? $"; did you mean {nearest}?" : "";
                throw Error(key, FieldPath(name), $"is not known here; known are {string.Join(", ", known)}{advice}");
            }
        }
    }

    public CommandFailedException Error(string name, string message) =>
        _fields.TryGetValue(name, out var field)
            ? Error(field.Value, FieldPath(name), message)
            : new CommandFailedException($"{_file}:{Line}: {FieldPath(name)}: {message}");

    private CommandFailedException Error(YamlNode node, string path, string message) =>
        new($"{_file}:{node.Start.Line}: {(path.Length > 0 ? path + ": " : "")}{message}");

    private string Text(YamlNode node, string path) =>
        node is YamlScalarNode scalar
            ? scalar.Value ?? ""
            : throw Error(node, path, $"expected a text, found {Kind(node)}");

    private IEnumerable<(string Path, YamlNode Node)> List(string name) =>
        Optional(name) switch
        {
            null => [],
            YamlSequenceNode list => list.Children.Select((child, i) => ($"{FieldPath(name)}[{i}]", child)),
            var node => throw Error(node, FieldPath(name), $"expected a list (- ...), found {Kind(node)}"),
        };

    private static string Kind(YamlNode node) =>
        node switch
        {
            YamlMappingNode => "fields",
            YamlSequenceNode => "a list",
            YamlScalarNode { Value: null or "" } => "nothing",
            YamlScalarNode scalar => $"'{scalar.Value}'",
            _ => node.NodeType.ToString(),
        };
}
