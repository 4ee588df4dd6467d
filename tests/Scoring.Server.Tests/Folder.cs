namespace Scoring.Server.Tests;

/// <summary>A folder of its own for a test, gone when the test is.</summary>
internal sealed class Folder : IDisposable
{
    public Folder() => Root = Directory.CreateTempSubdirectory("scoring-server-tests-").FullName;

    public string Root { get; }

    public string this[params ReadOnlySpan<string> path] => Path.Combine([Root, .. path]);

    public string Write(string path, string text)
    {
        var file = Path.Combine(Root, path);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        File.WriteAllText(file, text);
        return file;
    }

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
