using System.Globalization;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Workspaces;
using Scoring.ModelFiles;
using Scoring.Server.Admin;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Models;

/// <summary>Reads and changes the models of a workspace.</summary>
internal sealed class ModelEditor(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    StoredModels stored,
    AuditLog audit,
    AnswerLimit limit
)
{
    private const int MostUnscoredTypes = 1_000;
    private static readonly Paging<ScoringModel> Pages = new(
        "models",
        ordinary: 100,
        largest: 1_000,
        model => model.Name
    );
    private static readonly Paging<ScoringModel> VersionPages = new(
        "versions",
        ordinary: 20,
        largest: Limits.ModelVersions,
        // From the newest to the oldest.
        model => (int.MaxValue - model.Version).ToString("D10", CultureInfo.InvariantCulture)
    );

    public async Task<V1.ScoringModel> GetAsync(V1.GetScoringModelRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        var name = NameOf(request.Name, workspace);
        CallErrors.ThrowIf(ModelSelection.CheckVersion(request.Version, "version"));
        if (request.Version > 0)
        {
            return ModelMessages.ToProto(
                await stored.GetAsync(workspace, new(name, request.Version), "name", context.CancellationToken)
            );
        }
        var models = await backend.ListModelsAsync(workspace.Name, context.CancellationToken);
        var model =
            models.FirstOrDefault(model => model.Name == name)
            ?? throw StoredModels.NotFound(workspace, name, "name", models);
        var scored = models
            .SelectMany(model => model.Terms.SelectMany(UsedNames.Of))
            .Where(name => name.Kind == NameKind.EventType)
            .Select(name => name.Name)
            .ToHashSet();
        var recorded = await backend.ListEventTypesAsync(workspace.Name, context.CancellationToken);
        var message = ModelMessages.ToProto(model);
        message.UnscoredEventTypes.Add(recorded.Where(type => !scored.Contains(type)).Take(MostUnscoredTypes));
        return message;
    }

    public async Task<V1.ScoringModel> PutAsync(V1.PutScoringModelRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        if (request.Model is null)
        {
            throw CallErrors.From(TextRules.Missing("model"));
        }
        var model = ModelReading.Read(request.Model, workspace, out var faults);
        ThrowIfAny([.. faults.Select(InRequest), CheckNote(request.ChangeNote)]);
        model = model with { Change = ChangeOf(request.ChangeNote, context) };
        return ModelMessages.ToProto(
            request.ValidateOnly
                ? await TryPutAsync(workspace.Name, model, context.CancellationToken)
                : await PutAsync(workspace, model, $"etag \"{request.Model.Etag}\"", context)
        );
    }

    public async Task<V1.ScoringModel> RollbackAsync(V1.RollbackScoringModelRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        ThrowIfAny(
            CheckName(request.Name),
            request.Version == 0
                ? TextRules.Missing("version")
                : ModelSelection.CheckVersion(request.Version, "version"),
            CheckEtag(request.Etag, out var current),
            CheckNote(request.ChangeNote)
        );
        var earlier = await stored.GetAsync(
            workspace,
            new(request.Name, request.Version),
            "name",
            context.CancellationToken
        );
        var model = earlier with { Version = current, Change = ChangeOf(request.ChangeNote, context) };
        var detail = $"back to version {request.Version}, etag \"{request.Etag}\"";
        return ModelMessages.ToProto(await PutAsync(workspace, model, detail, context));
    }

    public async Task<V1.ScoringModel> AdoptAsync(V1.AdoptScoringModelRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        ThrowIfAny(
            CheckName(request.Name),
            CheckName(request.Shadow, "shadow")
                ?? (
                    request.Shadow == request.Name
                        ? FieldFault.Invalid("shadow", "must be another model than name")
                        : null
                ),
            ModelSelection.CheckVersion(request.ShadowVersion, "shadow_version"),
            CheckEtag(request.Etag, out var current),
            CheckNote(request.ChangeNote)
        );
        if (!request.KeepShadow)
        {
            Refusals.ThrowIfDefault(request.Shadow, workspace);
        }
        var shadow = await stored.GetAsync(
            workspace,
            new(request.Shadow, request.ShadowVersion),
            "shadow",
            context.CancellationToken
        );
        var change = ChangeOf(request.ChangeNote, context);
        var model = shadow with { Name = request.Name, Version = current, Change = change };
        var reference = new ModelReference(shadow.Name, shadow.Version);
        var adopted = await PutAsync(workspace, model, $"equals {reference}, etag \"{request.Etag}\"", context);
        if (!request.KeepShadow)
        {
            await DropAsync(workspace, shadow, $"adopted by {adopted.Name}", context);
        }
        return ModelMessages.ToProto(adopted);
    }

    /// <summary>Deletes a model if it is at a version.</summary>
    private async Task DropAsync(
        WorkspaceSettings workspace,
        ScoringModel model,
        string detail,
        ServerCallContext context
    )
    {
        try
        {
            await audit.DoAsync(
                context,
                new(workspace.Name, model.Name, detail),
                () =>
                    backend
                        .DeleteModelAsync(workspace.Name, model.Name, model.Version, context.CancellationToken)
                        .AsTask()
            );
        }
        catch (ScoringException error)
            when (error.Error is ScoringError.ModelVersionConflict or ScoringError.ModelNotFound)
        {
            // It is at another version, which nobody adopted: it stays.
        }
    }

    public async Task<V1.DeleteScoringModelResponse> DeleteAsync(
        V1.DeleteScoringModelRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context);
        ThrowIfAny(CheckName(request.Name), CheckEtag(request.Etag, out var current), CheckNote(request.ChangeNote));
        await audit.DoAsync(
            context,
            new(workspace.Name, request.Name, WithNote($"etag \"{request.Etag}\"", request.ChangeNote)),
            () => backend.DeleteModelAsync(workspace.Name, request.Name, current, context.CancellationToken).AsTask()
        );
        return new V1.DeleteScoringModelResponse();
    }

    public async Task<V1.ListScoringModelVersionsResponse> ListVersionsAsync(
        V1.ListScoringModelVersionsRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context);
        var name = NameOf(request.Name, workspace);
        var wanted = VersionPages.Read(request.PageSize, request.PageToken);
        var versions = await stored.VersionsAsync(workspace, name, "name", context.CancellationToken);
        return new V1.ListScoringModelVersionsResponse
        {
            Versions = { VersionPages.Cut(wanted, versions, ModelMessages.ToProto, limit, out var next) },
            NextPageToken = next,
        };
    }

    public async Task<V1.ListScoringModelsResponse> ListAsync(
        V1.ListScoringModelsRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context);
        var wanted = Pages.Read(request.PageSize, request.PageToken);
        var models = await backend.ListModelsAsync(workspace.Name, context.CancellationToken);
        return new V1.ListScoringModelsResponse
        {
            Models = { Pages.Cut(wanted, models, ModelMessages.ToProto, limit, out var next) },
            NextPageToken = next,
        };
    }

    /// <summary>The last version of a model that is not there, since it was deleted; 0 for none.</summary>
    private async ValueTask<int> LastVersionAsync(string workspace, string name, CancellationToken cancellationToken)
    {
        try
        {
            return (await backend.ListModelVersionsAsync(workspace, name, cancellationToken))[0].Version;
        }
        catch (ScoringException error) when (error.Error == ScoringError.ModelNotFound)
        {
            return 0;
        }
    }

    private Task<ScoringModel> PutAsync(
        WorkspaceSettings workspace,
        ScoringModel model,
        string detail,
        ServerCallContext context
    ) =>
        audit.DoAsync(
            context,
            new(workspace.Name, model.Name, WithNote(detail, model.Change!.Note)),
            () => backend.PutModelAsync(workspace.Name, model, context.CancellationToken).AsTask()
        );

    /// <summary>What storing the model would give.</summary>
    private async ValueTask<ScoringModel> TryPutAsync(
        string workspace,
        ScoringModel model,
        CancellationToken cancellationToken
    )
    {
        var models = await backend.ListModelsAsync(workspace, cancellationToken);
        var current = models.FirstOrDefault(known => known.Name == model.Name)?.Version ?? 0;
        if (model.Version != 0 && model.Version != current)
        {
            throw Refusals.ModelConflict(model.Name, current, model.Version);
        }
        return model with
        {
            Version = 1 + (current > 0 ? current : await LastVersionAsync(workspace, model.Name, cancellationToken)),
        };
    }

    private static string NameOf(string name, WorkspaceSettings workspace)
    {
        CallErrors.ThrowIf(TextRules.Check(name, "name", TextRules.NameOfWorkspaceOrModel));
        return name.Length == 0 ? workspace.DefaultModel : name;
    }

    private static ModelChange ChangeOf(string note, ServerCallContext context) => new(AuditLog.ActorOf(context), note);

    private static string WithNote(string detail, string note) => note.Length == 0 ? detail : $"{detail}: {note}";

    private static FieldFault? CheckName(string name, string field = "name") =>
        TextRules.CheckRequired(name, field, TextRules.NameOfWorkspaceOrModel);

    private static FieldFault? CheckEtag(string etag, out int version) =>
        ModelReading.TryReadEtag(etag, out version) ? null : FieldFault.Invalid("etag", ModelReading.EtagRule);

    private static FieldFault? CheckNote(string note) =>
        TextRules.CheckProse(note, "change_note", Limits.ChangeNoteBytes);

    private static void ThrowIfAny(params IReadOnlyList<FieldFault?> checks)
    {
        FieldFault[] faults = [.. checks.OfType<FieldFault>()];
        if (faults.Length > 0)
        {
            throw CallErrors.From(faults);
        }
    }

    private static FieldFault InRequest(ModelFault fault) =>
        FieldFault.Invalid(fault.Field, fault.Message).Within("model");
}
