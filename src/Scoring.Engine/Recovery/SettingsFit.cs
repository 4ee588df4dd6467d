using Scoring.Core.Workspaces;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Recovery;

/// <summary>Whether a workspace of which there is data goes with the settings.</summary>
/// <param name="place">The store.</param>
/// <param name="configured">The workspaces as they are configured.</param>
internal sealed class SettingsFit(string place, IReadOnlyList<WorkspaceSettings> configured)
{
    /// <summary>Looks at the workspaces of which a partition holds data.</summary>
    /// <param name="loaded">The partition.</param>
    /// <param name="current">What the store says, where another process may have put what it is configured with.</param>
    /// <exception cref="StoreException">One does not go with the settings.</exception>
    public void RefuseUnfit(LoadedPartition loaded, StoredSettings? current = null)
    {
        foreach (var share in loaded.Partition.Shares.Where(share => loaded.HasDataIn(share.Number)))
        {
            var stored = loaded.State.Settings.Workspaces[share.Number];
            RefuseUnfit(stored);
            if (current?.Workspaces[share.Number].HalfLivesDays is { } days && !stored.HasSameHalfLives(days))
            {
                throw new StoreException(
                    place,
                    $"holds data of the workspace '{stored.Name}' with HalfLivesDays [{string.Join(", ", stored.HalfLivesDays)}], and another "
                        + $"server was started with [{string.Join(", ", days)}]. Start every server with the same settings."
                );
            }
        }
    }

    /// <exception cref="StoreException">It does not.</exception>
    public void RefuseUnfit(StoredWorkspace stored)
    {
        if (configured.FirstOrDefault(w => w.Name == stored.Name) is not { } settings)
        {
            throw new StoreException(
                place,
                $"holds data of the workspace '{stored.Name}', which the setting Workspaces does not name. "
                    + "Name it, or use another data directory; data is never dropped."
            );
        }
        if (!stored.HasSameHalfLives(settings.HalfLivesDays))
        {
            throw new StoreException(
                place,
                $"holds data of the workspace '{stored.Name}' with HalfLivesDays "
                    + $"[{string.Join(", ", stored.HalfLivesDays)}], and the setting says "
                    + $"[{string.Join(", ", settings.HalfLivesDays)}]. Half-lives cannot be changed once there is data; "
                    + "set them back, or use a new workspace."
            );
        }
    }
}
