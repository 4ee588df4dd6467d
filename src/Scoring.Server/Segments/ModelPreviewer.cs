using Grpc.Core;
using Scoring.Core.Backend;
using Scoring.Core.Models;
using Scoring.Core.Segments;
using Scoring.Core.Workspaces;
using Scoring.ModelFiles;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Models;
using Scoring.Server.Scores;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Segments;

/// <summary>Tells what scores would be under another model, which need not be stored.</summary>
internal sealed class ModelPreviewer(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    StoredModels stored,
    SegmentCatalog saved,
    AnswerLimit limit
)
{
    private const int MaxMovers = 100;
    private const int OrdinaryMovers = 10;
    private const int MaxSegments = 20;

    public async Task<V1.PreviewScoringModelResponse> PreviewAsync(
        V1.PreviewScoringModelRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context);
        var candidate = await CandidateAsync(request, workspace, context.CancellationToken);
        var movers = request.HasMoverCount ? request.MoverCount : OrdinaryMovers;
        if (movers is < 0 or > MaxMovers)
        {
            throw CallErrors.From(FieldFault.Invalid("mover_count", $"must be 0 to {MaxMovers}"));
        }
        if (request.Segments.Count > MaxSegments)
        {
            throw CallErrors.From(FieldFault.Invalid("segments", $"must be at most {MaxSegments}"));
        }
        CallErrors.ThrowIf(TextRules.Check(request.Against, "against", TextRules.NameOfWorkspaceOrModel));
        CallErrors.ThrowIf(ModelSelection.CheckVersion(request.AgainstVersion, "against_version"));
        var segments = saved.Of(workspace.Name);
        var query = new PreviewQuery
        {
            Workspace = workspace.Name,
            Model = await AgainstAsync(request, workspace.Name, candidate.Name, context.CancellationToken),
            Candidate = candidate,
            Filter = SegmentFilters.Read(request.Segment, request.Filter, segments),
            Segments = SegmentFilters.ReadAll(request.Segments, segments),
            Movers = movers,
            ReadTime = Instants.ReadTime(request.ReadTime),
        };
        var preview = await backend.PreviewModelAsync(query, context.CancellationToken);
        return limit.Check(ToProto(preview), "mover_count", _ => "ask for fewer, or for fewer segments");
    }

    /// <summary>The model to try.</summary>
    private async ValueTask<ScoringModel> CandidateAsync(
        V1.PreviewScoringModelRequest request,
        WorkspaceSettings workspace,
        CancellationToken cancellationToken
    )
    {
        if (request.Shadow.Length > 0)
        {
            return await ShadowAsync(request, workspace, cancellationToken);
        }
        if (request.Model is null)
        {
            throw CallErrors.From(TextRules.Missing("model"));
        }
        CallErrors.ThrowIf(
            request.ShadowVersion == 0 ? null : FieldFault.Invalid("shadow_version", "is of a shadow, which is missing")
        );
        // What guards a stored model has no meaning for one that is tried.
        var asked = request.Model.Clone();
        asked.Etag = "";
        var candidate = ModelReading.Read(asked, workspace, out var faults);
        ThrowIfAny(faults, "model");
        return candidate;
    }

    private async ValueTask<ScoringModel> ShadowAsync(
        V1.PreviewScoringModelRequest request,
        WorkspaceSettings workspace,
        CancellationToken cancellationToken
    )
    {
        CallErrors.ThrowIf(
            request.Model is null ? null : FieldFault.Invalid("shadow", "must not be given beside model")
        );
        CallErrors.ThrowIf(TextRules.Check(request.Shadow, "shadow", TextRules.NameOfWorkspaceOrModel));
        CallErrors.ThrowIf(ModelSelection.CheckVersion(request.ShadowVersion, "shadow_version"));
        var reference = new ModelReference(request.Shadow, request.ShadowVersion);
        var shadow = await stored.GetAsync(workspace, reference, "shadow", cancellationToken);
        // One of an earlier version may have been put before the settings were changed.
        ThrowIfAny(ModelRules.CheckStored(shadow, workspace), "shadow");
        return shadow;
    }

    private static void ThrowIfAny(IReadOnlyList<ModelFault> faults, string field)
    {
        if (faults.Count > 0)
        {
            throw CallErrors.From([
                .. faults.Select(fault => FieldFault.Invalid(fault.Field, fault.Message).Within(field)),
            ]);
        }
    }

    /// <summary>The model to compare with; empty for the workspace's default model.</summary>
    private async ValueTask<string> AgainstAsync(
        V1.PreviewScoringModelRequest request,
        string workspace,
        string candidate,
        CancellationToken cancellationToken
    )
    {
        var name = request.Against;
        if (name.Length == 0 && request.Shadow.Length == 0)
        {
            var models = await backend.ListModelsAsync(workspace, cancellationToken);
            name = models.Any(model => model.Name == candidate) ? candidate : "";
        }
        return new ModelReference(name, request.AgainstVersion).ToString();
    }

    private static V1.PreviewScoringModelResponse ToProto(ModelPreview preview)
    {
        var message = new V1.PreviewScoringModelResponse
        {
            Current = SegmentMessages.ToProto(preview.Current),
            Candidate = SegmentMessages.ToProto(preview.Candidate),
        };
        message.Migrations.Add(Migrations(preview));
        message.Risen.Add(preview.Risen.Select(ToProto));
        message.Fallen.Add(preview.Fallen.Select(ToProto));
        message.Segments.Add(preview.Segments.Select(ToProto));
        return message;
    }

    private static V1.PreviewedSegment ToProto(SegmentPreview segment)
    {
        var message = new V1.PreviewedSegment
        {
            Current = SegmentMessages.ToProto(segment.Current),
            Candidate = SegmentMessages.ToProto(segment.Candidate),
        };
        message.Migrations.Add(Migrations(segment));
        return message;
    }

    private static IEnumerable<V1.BandMigration> Migrations(SegmentPreview segment) =>
        from source in Enumerable.Range(0, segment.Migration.Count)
        from target in Enumerable.Range(0, segment.Migration[source].Count)
        where segment.Migration[source][target] > 0
        select new V1.BandMigration
        {
            FromBand = segment.Current.Bands[source].Band,
            ToBand = segment.Candidate.Bands[target].Band,
            CustomerCount = segment.Migration[source][target],
        };

    private static V1.ScoreMove ToProto(ScoreMove move) =>
        new() { Current = ScoreMessages.ToProto(move.Current), Candidate = ScoreMessages.ToProto(move.Candidate) };
}
