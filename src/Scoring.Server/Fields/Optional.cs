namespace Scoring.Server.Fields;

/// <summary>Fields of the contract that are absent where the domain has no value.</summary>
internal static class Optional
{
    /// <summary>Sets a field if there is a value.</summary>
    public static void Set<T>(T? value, Action<T> set)
        where T : struct
    {
        if (value is { } given)
        {
            set(given);
        }
    }
}
