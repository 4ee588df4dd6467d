namespace Scoring.Server.Memory;

/// <summary>How much memory the headers of a request take.</summary>
internal static class HeaderBytes
{
    // Characters of two bytes.
    private const int PerCharacter = 2;

    public static long Of(IHeaderDictionary headers)
    {
        var characters = 0L;
        foreach (var (name, values) in headers)
        {
            characters += name.Length;
            foreach (var value in values)
            {
                characters += value?.Length ?? 0;
            }
        }
        return PerCharacter * characters;
    }
}
