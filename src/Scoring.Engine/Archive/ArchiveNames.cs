namespace Scoring.Engine.Archive;

/// <summary>Names in lists.</summary>
/// <param name="eventTypes">Event types by number.</param>
/// <param name="features">Features by number.</param>
/// <param name="accounts">Accounts by number.</param>
internal sealed class ArchiveNames(
    IReadOnlyList<string> eventTypes,
    IReadOnlyList<string> features,
    IReadOnlyList<string> accounts
) : IArchiveNames
{
    /// <inheritdoc/>
    public string EventType(int number) => eventTypes[number];

    /// <inheritdoc/>
    public string Feature(int number) => features[number];

    /// <inheritdoc/>
    public string Account(int number) => accounts[number];
}
