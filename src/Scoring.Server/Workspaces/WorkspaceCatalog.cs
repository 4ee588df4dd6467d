using System.Collections.Frozen;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Names;
using Scoring.Core.Workspaces;
using Scoring.Server.Access;
using Scoring.Server.Errors;
using Scoring.Server.Fields;

namespace Scoring.Server.Workspaces;

/// <summary>The workspaces that are configured.</summary>
internal sealed class WorkspaceCatalog(FrontOptions options, CallGuard guard)
{
    private readonly FrozenDictionary<string, WorkspaceSettings> _byName = options.Workspaces.ToFrozenDictionary(
        workspace => workspace.Name,
        StringComparer.Ordinal
    );

    /// <summary>The workspace of a request, in which its caller may do what the method does; an empty name stands for "default".</summary>
    /// <exception cref="Grpc.Core.RpcException">PERMISSION_DENIED, whether there is such a workspace or not.</exception>
    public WorkspaceSettings Find(string name, ServerCallContext context)
    {
        var wanted = name.Length == 0 ? WorkspaceSettings.DefaultName : name;
        guard.Require(context, wanted);
        if (_byName.TryGetValue(wanted, out var workspace))
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
