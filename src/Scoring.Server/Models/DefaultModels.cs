using Scoring.Core.Workspaces;
using Scoring.Server.Settings;

namespace Scoring.Server.Models;

/// <summary>Sees to it that reads which name no model have one.</summary>
internal static class DefaultModels
{
    /// <param name="workspaces">The workspaces.</param>
    /// <param name="models">The models of all of them: workspace and name.</param>
    /// <param name="folder">Where model files are looked for.</param>
    /// <exception cref="SettingException">A workspace has not the model that its DefaultModel names.</exception>
    public static void Require(
        IEnumerable<WorkspaceSettings> workspaces,
        IEnumerable<(string Workspace, string Model)> models,
        string folder
    )
    {
        var modelsOf = models.ToLookup(model => model.Workspace, model => model.Model, StringComparer.Ordinal);
        var faults = workspaces
            .Where(workspace => !modelsOf[workspace.Name].Contains(workspace.DefaultModel, StringComparer.Ordinal))
            .Select(workspace =>
            {
                var known = string.Join(", ", modelsOf[workspace.Name].Order(StringComparer.Ordinal));
                return $"Setting Scoring:Workspaces:{workspace.Name}:DefaultModel is '{workspace.DefaultModel}' but must be a model of "
                    + $"the workspace, which has {(known.Length == 0 ? "none" : known)}; model files are looked for in "
                    + $"{Path.GetFullPath(folder)}.";
            })
            .ToList();
        if (faults.Count > 0)
        {
            throw new SettingException(string.Join('\n', faults));
        }
    }
}
