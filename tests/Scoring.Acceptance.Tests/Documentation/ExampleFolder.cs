using System.Diagnostics;
using Scoring.Acceptance.Tests.RavenStack;
using Scoring.Cli.Tests;
using Scoring.Cli.Tests.Support;
using Scoring.Server.Tests.Tls;

namespace Scoring.Acceptance.Tests.Documentation;

/// <summary>
/// Where examples run: a folder that looks like a clone of the repository, in which they may write, with the files that their page shows, the
/// certificates that it speaks of, and a home folder with RavenStack in it, if that is here.
/// </summary>
internal sealed class ExampleFolder : IDisposable
{
    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(5);

    private readonly TempFolder _folder = new();

    public ExampleFolder(string page)
    {
        foreach (var name in new[] { "deploy", "docs", "examples", "protos", "src", "tests", "Scoring.sln" })
        {
            File.CreateSymbolicLink(Path.Combine(_folder.Path, name), Path.Combine(Repository.Root, name));
        }
        Write("models/engagement.json", File.ReadAllText(Path.Combine(Repository.Root, "models", "engagement.json")));
        foreach (var block in CodeBlock.All.Where(block => block.Page == page && block.File.Length > 0))
        {
            Write(block.File, block.Text);
        }
        WriteCertificates();
        Directory.CreateDirectory(Path.Combine(Home, "data"));
        if (RavenStackData.Folder is { } data)
        {
            Directory.CreateSymbolicLink(Path.Combine(Home, "data", "ravenstack"), Path.GetFullPath(data));
        }
    }

    private string Home => Path.Combine(_folder.Path, "home");

    /// <summary>Runs a script of bash after examples.sh, which says what its commands are here.</summary>
    /// <returns>What it wrote; the exit code is 0, or this throws.</returns>
    public async Task<string> RunAsync(string script)
    {
        var examples = Path.Combine(AppContext.BaseDirectory, "Documentation", "examples.sh");
        var start = new ProcessStartInfo("bash", ["-c", $". '{examples}'\n{script}"])
        {
            WorkingDirectory = _folder.Path,
            UseShellExecute = false,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["HOME"] = Home;
        start.Environment["REPOSITORY"] = Repository.Root;
        start.Environment["COMMAND"] = Path.Combine(Repository.BuiltOutput("src/Scoring.Cli"), "scoring.dll");
        start.Environment["SERVER"] = Path.Combine(Repository.BuiltOutput("src/Scoring.Server"), "Scoring.Server.dll");
        using var process = Process.Start(start)!;
        using var limit = new CancellationTokenSource(Limit);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(limit.Token);
            var errors = process.StandardError.ReadToEndAsync(limit.Token);
            await process.WaitForExitAsync(limit.Token);
            var all = await output + await errors;
            Assert.True(process.ExitCode == 0, all);
            return all;
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    public void Dispose() => _folder.Dispose();

    private void Write(string name, string text)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(_folder.Path, name))!);
        _folder.Write(name, text);
    }

    /// <summary>An authority, a certificate of it for the server, and one for a client.</summary>
    private void WriteCertificates()
    {
        var authority = new Authority();
        Write("ca.pem", authority.Pem);
        Write("clients-ca.pem", authority.Pem);
        (string, (string, string))[] pairs =
        [
            ("server", authority.Issue()),
            ("me", authority.Issue("me", Authority.ForClients)),
        ];
        foreach (var (name, (certificate, key)) in pairs)
        {
            Write($"{name}.pem", certificate);
            Write($"{name}.key", key);
        }
    }
}
