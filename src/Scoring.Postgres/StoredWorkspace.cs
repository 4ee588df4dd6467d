using System.Text.Json;
using Scoring.Core.Workspaces;

namespace Scoring.Postgres;

/// <summary>What the records of a workspace depend on.</summary>
/// <param name="HalfLivesDays">The half-lives that facts are kept for.</param>
/// <param name="PassiveEventTypes">The event types that make nobody active.</param>
internal sealed record StoredWorkspace(IReadOnlyList<int> HalfLivesDays, IReadOnlyList<string> PassiveEventTypes)
{
    public static StoredWorkspace From(WorkspaceSettings settings) =>
        new(settings.HalfLivesDays, settings.PassiveEventTypes);

    /// <summary>Whether events would be recorded alike under both.</summary>
    public bool MeansTheSameAs(StoredWorkspace other) =>
        HalfLivesDays.SequenceEqual(other.HalfLivesDays)
        && PassiveEventTypes.ToHashSet(StringComparer.Ordinal).SetEquals(other.PassiveEventTypes);

    /// <exception cref="InvalidDataException">The bytes are no workspace.</exception>
    public static StoredWorkspace Read(ReadOnlySpan<byte> content)
    {
        try
        {
            return
                JsonSerializer.Deserialize<StoredWorkspace>(content)
                    is { HalfLivesDays.Count: > 0, PassiveEventTypes: not null } stored
                ? stored
                : throw new InvalidDataException("A workspace is incomplete.");
        }
        catch (JsonException e)
        {
            throw new InvalidDataException("A workspace is malformed.", e);
        }
    }

    public byte[] Write() => JsonSerializer.SerializeToUtf8Bytes(this);
}
