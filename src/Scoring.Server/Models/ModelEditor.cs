using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Names;
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

    public async Task<V1.ScoringModel> GetAsync(V1.GetScoringModelRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        CallErrors.ThrowIf(TextRules.Check(request.Name, "name", TextRules.NameOfWorkspaceOrModel));
        var name = request.Name.Length == 0 ? workspace.DefaultModel : request.Name;
        var models = await backend.ListModelsAsync(workspace.Name, context.CancellationToken);
        var model =
            models.FirstOrDefault(model => model.Name == name)
            ?? throw new ScoringException(
                ScoringError.ModelNotFound,
                $"Workspace '{workspace.Name}' has no model '{name}'.{new NearestTexts(name, models.Select(known => known.Name)).Sentence} ListScoringModels names those it has."
            )
            {
                Field = "name",
                Subject = name,
            };
        var scored = models.SelectMany(model => model.Terms).Select(term => term.EventType).ToHashSet();
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
        var model = ModelMessages.Read(request.Model, workspace, out var faults);
        if (faults.Count > 0)
        {
            throw CallErrors.From([.. faults.Select(InRequest)]);
        }
        return ModelMessages.ToProto(
            request.ValidateOnly
                ? await TryPutAsync(workspace.Name, model, context.CancellationToken)
                : await audit.DoAsync(
                    context,
                    new(workspace.Name, model.Name, $"etag \"{request.Model.Etag}\""),
                    () => backend.PutModelAsync(workspace.Name, model, context.CancellationToken).AsTask()
                )
        );
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
            throw new ScoringException(
                ScoringError.ModelVersionConflict,
                $"Model '{model.Name}' has version {current}, not {model.Version}. Read it again and repeat the change."
            )
            {
                Field = "model.etag",
                Subject = model.Name,
            };
        }
        return model with { Version = current + 1 };
    }

    private static FieldFault InRequest(ModelFault fault) =>
        FieldFault.Invalid(fault.Field, fault.Message).Within("model");
}
