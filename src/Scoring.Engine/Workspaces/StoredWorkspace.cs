using Scoring.Core.Workspaces;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Workspaces;

/// <summary>What the store knows of a workspace: what the meaning of its journal depends on.</summary>
internal sealed record StoredWorkspace(
    string Name,
    IReadOnlyList<int> HalfLivesDays,
    IReadOnlyList<string> PassiveEventTypes,
    IReadOnlyList<string> EndingEventTypes,
    IReadOnlyList<string> ReturningEventTypes
)
{
    public static StoredWorkspace From(WorkspaceSettings settings) =>
        new(
            settings.Name,
            settings.HalfLivesDays,
            settings.PassiveEventTypes,
            settings.Lifecycle.EndingEventTypes,
            settings.Lifecycle.ReturningEventTypes
        );

    /// <summary>The settings under which the stored journal is to be applied.</summary>
    /// <param name="configured">The workspace as it is configured, for what matters to reads alone; null when it is not.</param>
    public WorkspaceSettings ToSettings(WorkspaceSettings? configured) =>
        new()
        {
            Name = Name,
            HalfLivesDays = HalfLivesDays,
            PassiveEventTypes = PassiveEventTypes,
            Lifecycle = (configured?.Lifecycle ?? new()) with
            {
                EndingEventTypes = EndingEventTypes,
                ReturningEventTypes = ReturningEventTypes,
            },
        };

    public bool HasSameHalfLives(IEnumerable<int> days) => HalfLivesDays.SequenceEqual(days);

    /// <summary>Whether events recorded under these settings would mean the same as under those stored.</summary>
    public bool MeansTheSameAs(WorkspaceSettings settings) =>
        HasSameHalfLives(settings.HalfLivesDays)
        && AreSame(PassiveEventTypes, settings.PassiveEventTypes)
        && AreSame(EndingEventTypes, settings.Lifecycle.EndingEventTypes)
        && AreSame(ReturningEventTypes, settings.Lifecycle.ReturningEventTypes);

    public void Write(BlobWriter target)
    {
        target.Text(Name);
        target.UInt16(HalfLivesDays.Count);
        foreach (var days in HalfLivesDays)
        {
            target.Int32(days);
        }
        Write(target, PassiveEventTypes);
        Write(target, EndingEventTypes);
        Write(target, ReturningEventTypes);
    }

    /// <exception cref="InvalidDataException">The content is malformed.</exception>
    public static StoredWorkspace Read(ref BlobReader reader)
    {
        return new(
            reader.Text(),
            reader.Many(reader.UInt16(), static (ref BlobReader r) => r.Int32()),
            ReadTypes(ref reader),
            ReadTypes(ref reader),
            ReadTypes(ref reader)
        );
    }

    private static bool AreSame(IEnumerable<string> stored, IEnumerable<string> configured) =>
        stored.ToHashSet(StringComparer.Ordinal).SetEquals(configured);

    private static void Write(BlobWriter target, IReadOnlyList<string> types)
    {
        target.UInt16(types.Count);
        foreach (var type in types)
        {
            target.Text(type);
        }
    }

    private static string[] ReadTypes(ref BlobReader reader) =>
        reader.Many(reader.UInt16(), static (ref BlobReader r) => r.Text());
}
