using Scoring.Cli.Tests;

namespace Scoring.Acceptance.Tests.Documentation;

/// <summary>A fenced block of the documentation. Behind its language may stand the name of a file, which is then what it holds.</summary>
/// <param name="Page">The page, relative to the root of the repository.</param>
/// <param name="Line">The line of its fence, from 1.</param>
/// <param name="Language">What it is written in; "text" for what a program shows, empty where the fence does not say.</param>
/// <param name="File">The name of the file that it is; empty for none.</param>
/// <param name="Text">What stands in it.</param>
internal sealed record CodeBlock(string Page, int Line, string Language, string File, string Text)
{
    private const string Fence = "```";

    /// <summary>The blocks of all pages that users read.</summary>
    public static IReadOnlyList<CodeBlock> All { get; } = [.. Pages().SelectMany(Read)];

    public override string ToString() => $"{Page}:{Line}";

    private static IEnumerable<string> Pages() =>
        new[] { "docs", "examples", "src", "deploy" }
            .SelectMany(folder =>
                Directory.EnumerateFiles(Path.Combine(Repository.Root, folder), "*.md", SearchOption.AllDirectories)
            )
            .Concat(Directory.EnumerateFiles(Repository.Root, "*.md"))
            .Select(file => Path.GetRelativePath(Repository.Root, file))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj"))
            .Order(StringComparer.Ordinal);

    private static IEnumerable<CodeBlock> Read(string page)
    {
        var lines = System.IO.File.ReadAllLines(Path.Combine(Repository.Root, page));
        for (var i = 0; i < lines.Length; i++)
        {
            if (!IsFence(lines[i]))
            {
                continue;
            }
            var (fence, first) = (lines[i].Trim()[Fence.Length..].Split(' ', 2), i + 1);
            for (i = first; !IsFence(lines[i]); i++) { }
            var text = string.Join('\n', lines[first..i]) + "\n";
            yield return new CodeBlock(page, first, fence[0], fence.ElementAtOrDefault(1) ?? "", text);
        }
    }

    private static bool IsFence(string line) => line.TrimStart().StartsWith(Fence, StringComparison.Ordinal);
}
