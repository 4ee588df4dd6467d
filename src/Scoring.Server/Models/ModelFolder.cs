using System.Security.Cryptography;
using Scoring.Core.Models;
using Scoring.Core.Workspaces;
using Scoring.Engine;
using Scoring.ModelFiles;

namespace Scoring.Server.Models;

/// <summary>The folder of model files: *.json for every workspace, NAME/*.json for workspace NAME instead.</summary>
internal static class ModelFolder
{
    /// <summary>The folder that ships with the program.</summary>
    public static string Shipped => Path.Combine(AppContext.BaseDirectory, "models");

    /// <summary>Reads all models.</summary>
    /// <exception cref="ModelFileException">The folder or a file of it cannot be used.</exception>
    public static IReadOnlyList<ModelSource> Load(string folder, IReadOnlyList<WorkspaceSettings> workspaces)
    {
        if (!Directory.Exists(folder))
        {
            throw new ModelFileException([
                $"{folder}: is no directory; Scoring:ModelsDirectory names the folder of model files",
            ]);
        }
        try
        {
            CheckFolders(folder, workspaces);
            var differ =
                workspaces.Select(workspace => string.Join(',', workspace.HalfLivesDays)).Distinct().Count() > 1;
            return [.. workspaces.SelectMany(workspace => LoadFor(folder, workspace, differ))];
        }
        catch (Exception error) when (error is IOException or UnauthorizedAccessException)
        {
            throw new ModelFileException([$"{folder}: cannot be read: {error.Message}"]);
        }
    }

    /// <param name="folder">The folder.</param>
    /// <param name="workspace">The workspace.</param>
    /// <param name="differ">Whether the workspaces have different half-lives, so that what is right for one may be wrong for another.</param>
    private static IEnumerable<ModelSource> LoadFor(string folder, WorkspaceSettings workspace, bool differ)
    {
        var own = Path.Combine(folder, workspace.Name);
        var hasOwn = Directory.Exists(own);
        var files = Directory.GetFiles(hasOwn ? own : folder, "*.json");
        var pathOf = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var file in files.Order(StringComparer.Ordinal))
        {
            var model = differ && !hasOwn ? LoadShared(file, workspace, own) : ModelFile.Load(file, workspace);
            if (!pathOf.TryAdd(model.Name, file))
            {
                throw new ModelFileException([$"{file}: model '{model.Name}' is in {pathOf[model.Name]} too"]);
            }
            yield return new ModelSource(
                workspace.Name,
                model,
                Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)))
            );
        }
    }

    private static ScoringModel LoadShared(string file, WorkspaceSettings workspace, string own)
    {
        try
        {
            return ModelFile.Load(file, workspace);
        }
        catch (ModelFileException error)
        {
            throw new ModelFileException([
                .. error.Faults,
                $"{own}: is no directory; models in it would hold for workspace '{workspace.Name}' instead of those of every workspace",
            ]);
        }
    }

    private static void CheckFolders(string folder, IReadOnlyList<WorkspaceSettings> workspaces)
    {
        foreach (var path in Directory.GetDirectories(folder))
        {
            var name = Path.GetFileName(path);
            if (workspaces.All(workspace => workspace.Name != name))
            {
                throw new ModelFileException([
                    $"{path}: there is no workspace '{name}'; a folder here holds the models of the workspace that it is named for",
                ]);
            }
        }
    }
}
