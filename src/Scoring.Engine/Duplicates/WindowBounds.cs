namespace Scoring.Engine.Duplicates;

/// <summary>How long event ids are remembered.</summary>
/// <param name="Age">Ids younger than this stay, up to <paramref name="Maximum"/>.</param>
/// <param name="Minimum">As many of the newest ids stay whatever their age; at least 1.</param>
/// <param name="Maximum">Never more than this; the bound of memory.</param>
internal readonly record struct WindowBounds(TimeSpan Age, int Minimum, int Maximum)
{
    /// <summary>Those of each of so many partitions.</summary>
    public static WindowBounds Of(EngineOptions options, int partitions) =>
        new(
            options.DuplicateWindow,
            Share(options.DuplicateWindowMinimum, partitions),
            Share(options.DuplicateWindowMaximum, partitions)
        );

    private static int Share(int ids, int partitions) => ((ids - 1) / partitions) + 1;
}
