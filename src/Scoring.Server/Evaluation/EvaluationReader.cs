using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Backend;
using Scoring.Core.Evaluation;
using Scoring.Core.Models;
using Scoring.Core.Time;
using Scoring.Core.Workspaces;
using Scoring.ModelFiles;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.History;
using Scoring.Server.Segments;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Evaluation;

/// <summary>Judges models by the past.</summary>
internal sealed class EvaluationReader(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    SegmentCatalog saved,
    HistoryTimeReader times,
    IHostApplicationLifetime lifetime
)
{
    private const int MaxDays = 730;
    private const int OrdinaryHorizon = 30;
    private const int OrdinaryCutOffs = 6;

    public async Task<V1.ModelEvaluation> GetAsync(V1.EvaluateScoringModelRequest request, ServerCallContext context) =>
        EvaluationMessages.ToProto(
            await EvaluateAsync(Read(request, context), progress: null, context.CancellationToken)
        );

    public async Task StreamAsync(
        V1.EvaluateScoringModelRequest request,
        IServerStreamWriter<V1.StreamModelEvaluationResponse> answers,
        ServerCallContext context
    )
    {
        var query = Read(request, context);
        var stopping = lifetime.ApplicationStopping;
        using var either = CancellationTokenSource.CreateLinkedTokenSource(context.CancellationToken, stopping);
        try
        {
            var progress = new LatestProgress();
            var evaluation = EvaluateAsync(query, progress, either.Token);
            while (await progress.NextAsync(evaluation) is { } share)
            {
                await answers.WriteAsync(new() { Progress = share }, either.Token);
            }
            await answers.WriteAsync(new() { Evaluation = EvaluationMessages.ToProto(await evaluation) }, either.Token);
        }
        catch (OperationCanceledException) when (stopping.IsCancellationRequested)
        {
            throw CallErrors.Stopping("The evaluation is not done; ask again.");
        }
    }

    private Task<ModelEvaluation> EvaluateAsync(
        EvaluationQuery query,
        IProgress<double>? progress,
        CancellationToken cancellationToken
    ) => OfCutOffsAsync(() => backend.EvaluateModelAsync(query, progress, cancellationToken));

    /// <summary>Asks the backend about cut-offs.</summary>
    /// <exception cref="ScoringException">What the backend refuses; a cut-off before the history by the field that says how many there are.</exception>
    internal static async Task<T> OfCutOffsAsync<T>(Func<ValueTask<T>> work)
    {
        try
        {
            return await work();
        }
        catch (ScoringException e) when (e.Error == ScoringError.BeforeHistory)
        {
            // A backend speaks of one instant, as of statistics.
            throw new ScoringException(e.Error, e.Message, e) { Field = "cut_off_count", Subject = e.Subject };
        }
    }

    /// <summary>Reads what is asked for.</summary>
    /// <exception cref="RpcException">INVALID_ARGUMENT, or what workspaces and segments are refused with.</exception>
    internal EvaluationQuery Read(V1.EvaluateScoringModelRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context);
        var horizon = TimeSpan.FromDays(Days(request.HorizonDays, "horizon_days", OrdinaryHorizon));
        return new()
        {
            Workspace = workspace.Name,
            Model = ModelSelection.Read(request.Model, request.ModelVersion),
            Candidate = request.Candidate is { } candidate ? Read(candidate, workspace) : null,
            Other = ReadOther(request),
            Filter = SegmentFilters.Read(request.Segment, request.Filter, saved.Of(workspace.Name)),
            Outcome = OutcomeReader.Read(request.Outcome),
            CutOffs = ReadCutOffs(request, horizon),
            Horizon = horizon,
            HighScoresExpectIt = request.HighScoresExpectIt,
            AsUnderstoodNow = request.AsUnderstoodNow,
        };
    }

    private IReadOnlyList<Instant> ReadCutOffs(V1.EvaluateScoringModelRequest request, TimeSpan horizon)
    {
        var now = times.Now;
        var last = times.ReadPast(request.LastCutOff, "last_cut_off", now) ?? now - horizon;
        if (last + horizon > now)
        {
            throw CallErrors.From(
                FieldFault.Invalid(
                    "last_cut_off",
                    $"must not lie after {now - horizon}, so that its horizon is over: it is {last}"
                )
            );
        }
        var interval = TimeSpan.FromDays(
            Days(request.CutOffIntervalDays, "cut_off_interval_days", (int)horizon.TotalDays)
        );
        var count = request.CutOffCount == 0 ? OrdinaryCutOffs : request.CutOffCount;
        if (count is < 1 or > Limits.CutOffs)
        {
            throw CallErrors.From(FieldFault.Invalid("cut_off_count", $"must be 1 to {Limits.CutOffs}"));
        }
        return [.. Enumerable.Range(1 - count, count).Select(i => last + (i * interval))];
    }

    private static string? ReadOther(V1.EvaluateScoringModelRequest request)
    {
        CallErrors.ThrowIf(
            TextRules.Check(request.Against, "against", TextRules.NameOfWorkspaceOrModel)
                ?? ModelSelection.CheckVersion(request.AgainstVersion, "against_version")
                ?? (
                    request.Against.Length == 0 && request.AgainstVersion != 0
                        ? FieldFault.Invalid("against_version", "must be 0 where against names no model")
                        : null
                )
        );
        return request.Against.Length == 0
            ? null
            : new ModelReference(request.Against, request.AgainstVersion).ToString();
    }

    private static ScoringModel Read(V1.ScoringModel model, WorkspaceSettings workspace)
    {
        // What guards a stored model has no meaning for one that is tried.
        var asked = model.Clone();
        asked.Etag = "";
        var candidate = ModelReading.Read(asked, workspace, out var faults);
        return faults.Count == 0
            ? candidate
            : throw CallErrors.From([
                .. faults.Select(fault => FieldFault.Invalid(fault.Field, fault.Message).Within("candidate")),
            ]);
    }

    /// <summary>Reads a number of days.</summary>
    /// <param name="days">The days.</param>
    /// <param name="field">Where they were given.</param>
    /// <param name="ordinary">What 0 means; 0 for nothing.</param>
    /// <exception cref="RpcException">INVALID_ARGUMENT: they are not 1 to 730.</exception>
    internal static int Days(int days, string field, int ordinary) =>
        days == 0 && ordinary > 0 ? ordinary
        : days is >= 1 and <= MaxDays ? days
        : throw CallErrors.From(FieldFault.Invalid(field, $"must be 1 to {MaxDays} days"));
}
