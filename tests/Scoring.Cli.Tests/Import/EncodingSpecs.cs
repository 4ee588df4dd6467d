using System.Text;
using Scoring.Cli.Import.Mapping;
using Scoring.Cli.Terminal;

namespace Scoring.Cli.Tests.Import;

/// <summary>Files are UTF-8, and what is not is refused with its place before anything is sent.</summary>
public sealed class EncodingSpecs : IDisposable
{
    private const string Mapping = """
        version: 1
        files:
          - path: c.csv
            joins: { plan: { file: plans, key: id, equals: "{plan}", optional: true } }
            customers: [{ id: "{id}", attributes: { plan: "{plan.name}" } }]
          - path: plans.csv
        """;

    private readonly ImportRun _run = new();

    public void Dispose() => _run.Dispose();

    [Theory]
    [InlineData("c.csv", 0xFC, 20_002, 4)]
    [InlineData("c.csv", 0x80, 20_002, 4)]
    [InlineData("c.csv", 0xE2, 20_002, 4)]
    [InlineData("plans.csv", 0xFC, 20_002, 4)]
    public async Task A_bad_byte_is_named_with_its_line_and_column(string name, byte bad, int line, int column)
    {
        var good = Encoding.UTF8.GetBytes(
            $"id,plan\n{string.Concat(Enumerable.Range(0, 20_000).Select(i => $"ü{i},x\n"))}"
        );
        _run.Folder.Write("c.csv", "id,plan\nann,x\n");
        _run.Folder.Write("plans.csv", "id,name\nx,X\n");
        WriteBytes(name, [.. Encoding.UTF8.Preamble, .. good, .. Encoding.UTF8.GetBytes("1,é"), bad, .. "ller\n"u8]);

        var error = await Assert.ThrowsAsync<CommandFailedException>(() => _run.RunAsync(Mapping));

        Assert.EndsWith(
            $"{name}:{line}: column {column}: the byte 0x{bad:X2} is not UTF-8; convert the file to UTF-8",
            error.Message,
            StringComparison.Ordinal
        );
        Assert.Empty(_run.Target.Customers);
    }

    [Fact]
    public void Wherever_a_file_is_cut_into_blocks_the_place_is_the_same()
    {
        byte[] bytes = [.. "a\n€𝄞"u8, 0xFF, .. "b"u8];
        for (var first = 1; first < bytes.Length; first++)
        {
            for (var second = first; second < bytes.Length; second++)
            {
                var check = new Utf8Check("f");
                var error = Assert.Throws<CommandFailedException>(() =>
                {
                    check.Append(bytes.AsSpan(0, first));
                    check.Append(bytes.AsSpan(first, second - first));
                    check.Append(bytes.AsSpan(second));
                });
                Assert.StartsWith("f:2: column 3: the byte 0xFF is not UTF-8", error.Message, StringComparison.Ordinal);
            }
        }
    }

    [Fact]
    public void A_file_that_ends_within_a_character_is_not_UTF_8()
    {
        var check = new Utf8Check("f");
        check.Append([.. "a\nb"u8, 0xE2, 0x82]);

        var error = Assert.Throws<CommandFailedException>(check.Complete);

        Assert.StartsWith("f:2: column 2: the byte 0xE2 is not UTF-8", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("utf-16", true)]
    [InlineData("utf-16BE", true)]
    [InlineData("utf-16", false)]
    [InlineData("utf-16BE", false)]
    [InlineData("utf-32", true)]
    [InlineData("utf-32BE", true)]
    public async Task UTF_16_is_refused_and_named(string encoding, bool withMark)
    {
        var written = Encoding.GetEncoding(encoding);
        WriteBytes("c.csv", [.. withMark ? written.GetPreamble() : [], .. written.GetBytes("id,plan\nann,x\n")]);
        _run.Folder.Write("plans.csv", "id,name\nx,X\n");

        var error = await Assert.ThrowsAsync<CommandFailedException>(() =>
            _run.RunAsync(Mapping, rejects: Path.Combine(_run.Folder.Path, "rejects.csv"))
        );

        Assert.Contains("c.csv: is UTF-16 or UTF-32; files are read as UTF-8", error.Message, StringComparison.Ordinal);
        Assert.Empty(_run.Target.Customers);
    }

    [Fact]
    public void A_mapping_is_UTF_8_too()
    {
        var wide = Encoding.Unicode;

        var utf16 = Assert.Throws<CommandFailedException>(() =>
            MappingReader.Read("m.yaml", [.. wide.GetPreamble(), .. wide.GetBytes("version: 1\n")])
        );
        var bad = Assert.Throws<CommandFailedException>(() =>
            MappingReader.Read("m.yaml", [.. "version: 1\n# M"u8, 0xFC, .. "ller\n"u8])
        );

        Assert.StartsWith("m.yaml: is UTF-16", utf16.Message, StringComparison.Ordinal);
        Assert.StartsWith("m.yaml:2: column 4: the byte 0xFC", bad.Message, StringComparison.Ordinal);
    }

    private void WriteBytes(string name, byte[] bytes) =>
        File.WriteAllBytes(Path.Combine(_run.Folder.Path, name), bytes);
}
