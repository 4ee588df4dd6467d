using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Workspaces;

namespace Scoring.Server.Models;

/// <summary>Finds models that are stored, and their versions; says which there are where one is not.</summary>
internal sealed class StoredModels(IScoringBackend backend)
{
    /// <summary>A model.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="reference">Its name, and the version of it.</param>
    /// <param name="field">The field of the request that names it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.ModelNotFound"/>, <see cref="ScoringError.ModelVersionNotFound"/>.</exception>
    public async ValueTask<ScoringModel> GetAsync(
        WorkspaceSettings workspace,
        ModelReference reference,
        string field,
        CancellationToken cancellationToken
    )
    {
        if (reference.Version == 0)
        {
            var models = await backend.ListModelsAsync(workspace.Name, cancellationToken);
            return models.FirstOrDefault(model => model.Name == reference.Name)
                ?? throw NotFound(workspace, reference.Name, field, models);
        }
        var versions = await VersionsAsync(workspace, reference.Name, field, cancellationToken);
        return versions.FirstOrDefault(model => model.Version == reference.Version)
            ?? throw Refusals.ModelVersionNotFound(reference, [.. versions.Select(model => model.Version)]);
    }

    /// <summary>The versions of a model that are kept, the newest first.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="name">The model.</param>
    /// <param name="field">The field of the request that names it.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.ModelNotFound"/>.</exception>
    public async ValueTask<IReadOnlyList<ScoringModel>> VersionsAsync(
        WorkspaceSettings workspace,
        string name,
        string field,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return await backend.ListModelVersionsAsync(workspace.Name, name, cancellationToken);
        }
        catch (ScoringException error) when (error.Error == ScoringError.ModelNotFound)
        {
            throw NotFound(workspace, name, field, await backend.ListModelsAsync(workspace.Name, cancellationToken));
        }
    }

    /// <summary>Refuses a model that is none of those that there are.</summary>
    public static ScoringException NotFound(
        WorkspaceSettings workspace,
        string name,
        string field,
        IEnumerable<ScoringModel> models
    ) =>
        new(
            ScoringError.ModelNotFound,
            $"Workspace '{workspace.Name}' has no model '{name}'.{new NearestTexts(name, models.Select(known => known.Name)).Sentence} ListScoringModels names those it has."
        )
        {
            Field = field,
            Subject = name,
        };
}
