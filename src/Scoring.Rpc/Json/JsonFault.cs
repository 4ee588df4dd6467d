namespace Scoring.Rpc.Json;

/// <summary>A field that must not be where it is.</summary>
/// <param name="Path">Such as <c>events[3].colour</c>, from the message in which it was looked for.</param>
/// <param name="Problem">What is wrong with it.</param>
internal sealed record JsonFault(string Path, string Problem)
{
    /// <summary>The same fault, seen from outside.</summary>
    public JsonFault Within(string field) =>
        this with
        {
            Path = Path.StartsWith('[') ? field + Path : $"{field}.{Path}",
        };
}
