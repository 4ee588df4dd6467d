using System.Collections.Frozen;
using Scoring.Core;
using Scoring.Core.Names;
using Scoring.Core.Workspaces;
using Scoring.Server.Errors;
using Scoring.Server.Fields;

namespace Scoring.Server.Workspaces;

/// <summary>The workspaces that are configured.</summary>
internal sealed class WorkspaceCatalog(FrontOptions options)
{
    private readonly FrozenDictionary<string, WorkspaceSettings> _byName = options.Workspaces.ToFrozenDictionary(
        workspace => workspace.Name,
        StringComparer.Ordinal
    );

    /// <summary>The workspace of a request; an empty name stands for "default".</summary>
    public WorkspaceSettings Find(string name)
    {
        if (_byName.TryGetValue(name.Length == 0 ? WorkspaceSettings.DefaultName : name, out var workspace))
        {
            return workspace;
        }
        CallErrors.ThrowIf(TextRules.Check(name, "workspace", TextRules.NameOfWorkspaceOrModel));
        throw new ScoringException(
            ScoringError.WorkspaceNotFound,
            $"There is no workspace '{name}'.{new NearestTexts(name, _byName.Keys).Sentence} Workspaces are named in the server's configuration (Scoring:Workspaces)."
        )
        {
            Field = "workspace",
            Subject = name,
        };
    }
}
