using System.Text;
using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Import.Sources;
using Scoring.Cli.Terminal;
using Scoring.Cli.Times;

namespace Scoring.Cli.Tests.Import;

public sealed class MappingSpecs
{
    private const string Head = "version: 1\nfiles:\n  - path: a.csv\n";

    [Theory]
    [InlineData("files: []", "m.yaml:1: version is missing")]
    [InlineData("version: 2\nfiles: []", "m.yaml:1: version: this program reads version 1")]
    [InlineData("version: 1\nfiles: []", "m.yaml:2: files: names no file")]
    [InlineData("version: 1\nfile: x\nfiles:\n  - path: a.csv\n    events: []", "m.yaml:2: file: is not known here")]
    [InlineData("version: 1\nfiles: a: b", "m.yaml:2: not YAML")]
    [InlineData("- 1", "m.yaml:1: expected fields (name: value), found a list")]
    [InlineData(Head + "    evnts: []", "m.yaml:4: files[0].evnts: is not known here; known are path, name, format")]
    [InlineData(Head, "m.yaml:3: the file 'a' has no accounts, customers or events and no join uses it")]
    [InlineData(
        "version: 1\nfiles:\n  - path: a.txt\n",
        "m.yaml:3: files[0].path: 'a.txt' does not end in .csv or .jsonl"
    )]
    [InlineData(Head + "    format: xml", "m.yaml:4: files[0].format: 'xml' is neither csv nor jsonl")]
    [InlineData(Head + "    delimiter: ';;'", "m.yaml:4: files[0].delimiter: must be one character")]
    [InlineData(Head + "    timestamps: [tomorrow]", "m.yaml:4: files[0].timestamps: 'tomorrow' is not a date format")]
    [InlineData(Head + "    events: x", "m.yaml:4: files[0].events: expected a list (- ...), found 'x'")]
    [InlineData(Head + "    events:\n      - type: t", "m.yaml:5: files[0].events[0].id is missing")]
    [InlineData(
        Head + "    events:\n      - { type: t, id: '{a', customer: c, at: '{d}' }",
        "m.yaml:5: files[0].events[0].id: '{' at character 1 is not closed"
    )]
    [InlineData(
        Head + "    events:\n      - { type: t, id: 'a}', customer: c, at: '{d}' }",
        "m.yaml:5: files[0].events[0].id: '}' at character 2 closes nothing"
    )]
    [InlineData(
        Head + "    events:\n      - { type: t, id: '{}', customer: c, at: '{d}' }",
        "m.yaml:5: files[0].events[0].id: '{}' names no column"
    )]
    [InlineData(
        Head + "    customers:\n      - id: '{a}'\n        when:\n          - { column: b }",
        "m.yaml:7: files[0].customers[0].when[0].column: must be followed by one of is, is_not, present"
    )]
    [InlineData(
        Head + "    customers:\n      - id: '{a}'\n        attributes:\n          p: { from: '{a}', mapp: {} }",
        "m.yaml:7: files[0].customers[0].attributes.p.mapp: is not known here; known are from, map, else; did you mean map?"
    )]
    [InlineData(
        Head + "    joins:\n      b: { file: nowhere, key: k, equals: '{a}' }\n    customers:\n      - id: '{a}'",
        "m.yaml:5: joins.b.file: there is no file 'nowhere'; there are a"
    )]
    [InlineData(
        Head + "    joins:\n      b: { file: a, key: k, equals: '{a}', latest: d, on_or_before: '{e}' }",
        "m.yaml:5: files[0].joins.b.ties is missing"
    )]
    [InlineData(
        Head + "    joins:\n      b: { file: a, key: k, equals: '{a}', optional: maybe }",
        "m.yaml:5: files[0].joins.b.optional: 'maybe' is neither true nor false"
    )]
    public void A_mistake_is_refused_with_line_and_field(string yaml, string expected)
    {
        var error = Assert.Throws<CommandFailedException>(() => Read(yaml));

        Assert.StartsWith(expected, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_field_given_twice_is_refused()
    {
        var error = Assert.Throws<CommandFailedException>(() => Read(Head + "    name: x\n    name: y\n"));

        Assert.StartsWith("m.yaml:", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("2024-12-31", "2024-12-31T00:00:00Z")]
    [InlineData(" 2024-12-31 ", "2024-12-31T00:00:00Z")]
    [InlineData("2024-12-31 03:04:05", "2024-12-31T03:04:05Z")]
    [InlineData("2024-12-31T03:04:05", "2024-12-31T03:04:05Z")]
    [InlineData("2024-12-31T03:04:05Z", "2024-12-31T03:04:05Z")]
    [InlineData("2024-12-31T03:04:05+02:00", "2024-12-31T01:04:05Z")]
    [InlineData("2024-12-31T03:04:05.25Z", "2024-12-31T03:04:05.25Z")]
    [InlineData("2024-12-31 03:04:05.25-01:30", "2024-12-31T04:34:05.25Z")]
    [InlineData("2024-12-31T03:04", "2024-12-31T03:04:00Z")]
    [InlineData("2024-12-31 03:04Z", "2024-12-31T03:04:00Z")]
    public void A_time_without_offset_is_UTC_and_a_date_is_its_midnight(string text, string expected)
    {
        Assert.True(TimestampFormats.Default.TryParse(text, out var instant));
        Assert.Equal(DateTimeOffset.Parse(expected, null), instant);
    }

    [Theory]
    [InlineData("")]
    [InlineData("31.12.2024")]
    [InlineData("2024-02-30")]
    [InlineData("1735603200")]
    [InlineData("01/02/2024")]
    [InlineData("20241231")]
    [InlineData("2024-12")]
    [InlineData("2024-12-31T24:00:00Z")]
    [InlineData("2024-12-31T03:04:05 PM")]
    [InlineData("Tue, 31 Dec 2024 00:00:00 GMT")]
    public void Other_forms_of_time_are_refused_unless_the_mapping_names_them(string text) =>
        Assert.False(TimestampFormats.Default.TryParse(text, out _));

    [Theory]
    [InlineData("unix", "1735603200", "2024-12-31T00:00:00Z")]
    [InlineData("unix", "1735603200.5", "2024-12-31T00:00:00.5Z")]
    [InlineData("unix_ms", "1735603200001", "2024-12-31T00:00:00.001Z")]
    [InlineData("yyyyMMdd", "20241231", "2024-12-31T00:00:00Z")]
    [InlineData("dd.MM.yyyy", "31.12.2024", "2024-12-31T00:00:00Z")]
    public void A_mapping_names_its_forms_of_time(string format, string text, string expected)
    {
        Assert.True(new TimestampFormats([format]).TryParse(text, out var instant));
        Assert.Equal(DateTimeOffset.Parse(expected, null), instant);
    }

    [Fact]
    public void Doubled_braces_are_braces()
    {
        var template = Template.Parse("{{{a}}}-{b.c}", []);

        Assert.Equal("{1}-2", template.Evaluate(Scope(("a", "1"), ("b.c", "2"))));
    }

    private static ImportMapping Read(string yaml) => MappingReader.Read("m.yaml", Encoding.UTF8.GetBytes(yaml));

    private static RowScope Scope(params (string Column, string Value)[] columns)
    {
        var places = columns.Select((c, i) => (c.Column, i)).ToDictionary(c => c.Column, c => c.i);
        var file = new FileMapping(
            "f",
            1,
            "f.csv",
            SourceFormat.Csv,
            Delimiter.Comma,
            true,
            TimestampFormats.Default,
            [],
            []
        );
        var row = new Row(2, places, [.. columns.Select(c => c.Value)]);
        return new RowScope(file, row, new Dictionary<string, Lookup>());
    }
}
