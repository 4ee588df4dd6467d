using Scoring.Core.Workspaces;

namespace Scoring.Engine.Storage;

/// <summary>What the store knows of a workspace: what the meaning of its journal depends on.</summary>
internal sealed record StoredWorkspace(
    string Name,
    IReadOnlyList<int> HalfLivesDays,
    IReadOnlyList<string> PassiveEventTypes
)
{
    public static StoredWorkspace From(WorkspaceSettings settings) =>
        new(settings.Name, settings.HalfLivesDays, settings.PassiveEventTypes);

    /// <summary>The settings under which the stored journal is to be applied.</summary>
    public WorkspaceSettings ToSettings() =>
        new()
        {
            Name = Name,
            HalfLivesDays = HalfLivesDays,
            PassiveEventTypes = PassiveEventTypes,
        };

    public bool HasSameHalfLives(WorkspaceSettings settings) => HalfLivesDays.SequenceEqual(settings.HalfLivesDays);

    /// <summary>Whether events recorded under these settings would mean the same as under those stored.</summary>
    public bool MeansTheSameAs(WorkspaceSettings settings) =>
        HasSameHalfLives(settings)
        && PassiveEventTypes.ToHashSet(StringComparer.Ordinal).SetEquals(settings.PassiveEventTypes);

    public void Write(BlobWriter target)
    {
        target.Text(Name);
        target.UInt16(HalfLivesDays.Count);
        foreach (var days in HalfLivesDays)
        {
            target.Int32(days);
        }
        target.UInt16(PassiveEventTypes.Count);
        foreach (var type in PassiveEventTypes)
        {
            target.Text(type);
        }
    }

    public static StoredWorkspace Read(ReadOnlySpan<byte> content)
    {
        var reader = new BlobReader(content);
        var name = reader.Text();
        var halfLives = new int[reader.UInt16()];
        for (var i = 0; i < halfLives.Length; i++)
        {
            halfLives[i] = reader.Int32();
        }
        var passive = new string[reader.UInt16()];
        for (var i = 0; i < passive.Length; i++)
        {
            passive[i] = reader.Text();
        }
        return new(name, halfLives, passive);
    }
}
