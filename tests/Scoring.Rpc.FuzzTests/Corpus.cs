namespace Scoring.Rpc.FuzzTests;

/// <summary>The inputs that mutations start from: the files of one folder of <c>corpus</c>, in the order of their names.</summary>
internal static class Corpus
{
    public static IReadOnlyList<(string Name, byte[] Bytes)> Of(string folder)
    {
        var files = Directory.GetFiles(Path.Combine(AppContext.BaseDirectory, "corpus", folder));
        Array.Sort(files, StringComparer.Ordinal);
        return [.. files.Select(file => ($"{folder}/{Path.GetFileName(file)}", File.ReadAllBytes(file)))];
    }
}
