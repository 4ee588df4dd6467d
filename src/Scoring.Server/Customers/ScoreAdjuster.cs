using System.Globalization;
using Grpc.Core;
using Scoring.Core;
using Scoring.Core.Adjustments;
using Scoring.Core.Backend;
using Scoring.Core.Time;
using Scoring.Server.Access;
using Scoring.Server.Admin;
using Scoring.Server.Calls;
using Scoring.Server.Errors;
using Scoring.Server.Fields;
using Scoring.Server.Scores;
using Scoring.Server.Workspaces;

namespace Scoring.Server.Customers;

/// <summary>Puts, removes and lists manual adjustments. The audit log tells of changes without the customer's id, and without the reason, which may tell of it too.</summary>
internal sealed class ScoreAdjuster(
    IScoringBackend backend,
    WorkspaceCatalog workspaces,
    AuditLog audit,
    KeyedHash hash,
    AnswerLimit limit
)
{
    private const string ScoreRule = "must be a number from -1e12 to 1e12";
    private static readonly Paging<CustomerAdjustment> Pages = new(
        "adjustments",
        ordinary: 100,
        largest: 1_000,
        adjustment => adjustment.Place
    );

    public async Task<V1.ScoreAdjustment> PutAsync(V1.PutScoreAdjustmentRequest request, ServerCallContext context)
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        var asked = request.Adjustment ?? throw CallErrors.From(TextRules.Missing("adjustment"));
        var (id, adjustment) = (asked.CustomerId, Read(asked, AuditLog.ActorOf(context)));
        var known = await AdjustmentsOfAsync(workspace, id, context.CancellationToken);
        if (known.Count >= Limits.Adjustments && known.All(of => of.Model != adjustment.Model))
        {
            throw Refusals.TooManyAdjustments(id);
        }
        CallGuard.TakeWrites(context, 1, request.CalculateSize());
        var detail = adjustment.Kind == AdjustmentKind.Set ? "set to" : "add";
        await ChangeAsync(
            context,
            workspace,
            id,
            string.Create(CultureInfo.InvariantCulture, $"{adjustment.Model}: {detail} {adjustment.Score}"),
            async () =>
                adjustment = await backend.AdjustScoreAsync(workspace, id, adjustment, context.CancellationToken)
        );
        return AdjustmentMessages.ToProto(new CustomerAdjustment(id, adjustment));
    }

    public async Task<V1.DeleteScoreAdjustmentResponse> DeleteAsync(
        V1.DeleteScoreAdjustmentRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(
            TextRules.CheckSought(request.CustomerId, "customer_id", Limits.IdBytes),
            TextRules.CheckRequired(request.Model, "model", TextRules.NameOfWorkspaceOrModel)
        );
        var known = await AdjustmentsOfAsync(workspace, request.CustomerId, context.CancellationToken);
        if (known.All(of => of.Model != request.Model))
        {
            throw Refusals.AdjustmentNotFound(request.CustomerId, request.Model);
        }
        CallGuard.TakeWrites(context, 1, request.CalculateSize());
        await ChangeAsync(
            context,
            workspace,
            request.CustomerId,
            request.Model,
            () =>
                backend
                    .RemoveAdjustmentAsync(workspace, request.CustomerId, request.Model, context.CancellationToken)
                    .AsTask()
        );
        return new V1.DeleteScoreAdjustmentResponse();
    }

    public async Task<V1.ListScoreAdjustmentsResponse> ListAsync(
        V1.ListScoreAdjustmentsRequest request,
        ServerCallContext context
    )
    {
        var workspace = workspaces.Find(request.Workspace, context).Name;
        CallErrors.ThrowIf(
            request.CustomerId.Length == 0
                ? null
                : TextRules.CheckSought(request.CustomerId, "customer_id", Limits.IdBytes),
            TextRules.Check(request.Model, "model", TextRules.NameOfWorkspaceOrModel)
        );
        var wanted = Pages.Read(request.PageSize, request.PageToken);
        // One more tells whether there is another page.
        var found =
            request.CustomerId.Length == 0
                ? await backend.ListAdjustmentsAsync(
                    new(workspace, request.Model, wanted.After, wanted.Size + 1),
                    context.CancellationToken
                )
                : (await AdjustmentsOfAsync(workspace, request.CustomerId, context.CancellationToken))
                    .Where(of => request.Model.Length == 0 || of.Model == request.Model)
                    .Select(of => new CustomerAdjustment(request.CustomerId, of));
        return new V1.ListScoreAdjustmentsResponse
        {
            Adjustments = { Pages.Cut(wanted, found, AdjustmentMessages.ToProto, limit, out var next) },
            NextPageToken = next,
        };
    }

    /// <summary>The adjustments of a customer. What a change of them cannot do is told by these, for what cannot be done need not be noted.</summary>
    private async Task<IReadOnlyList<ScoreAdjustment>> AdjustmentsOfAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    ) =>
        (await backend.GetCustomerAsync(workspace, customerId, cancellationToken))?.Adjustments
        ?? throw Refusals.CustomerNotFound(customerId, workspace);

    /// <summary>Makes a change and notes it. What says that it could not be made names the customer, and so must not get into the log.</summary>
    private async Task ChangeAsync(
        ServerCallContext context,
        string workspace,
        string customerId,
        string detail,
        Func<Task> change
    )
    {
        var target = await hash.OfAsync("customer", workspace, customerId);
        var refusal = await audit.DoAsync<ScoringException?>(
            context,
            new(workspace, target, detail),
            async () =>
            {
                try
                {
                    await change();
                    return null;
                }
                catch (ScoringException e)
                    when (e.Error
                            is ScoringError.CustomerNotFound
                                or ScoringError.AdjustmentNotFound
                                or ScoringError.LimitExceeded
                    )
                {
                    return e;
                }
            }
        );
        if (refusal is not null)
        {
            throw refusal;
        }
    }

    private static ScoreAdjustment Read(V1.ScoreAdjustment asked, string author)
    {
        var (score, field) =
            asked.ChangeCase == V1.ScoreAdjustment.ChangeOneofCase.SetScore
                ? (asked.SetScore, "adjustment.set_score")
                : (asked.AddScore, "adjustment.add_score");
        Instant end = default;
        CallErrors.ThrowIf(
            TextRules.CheckRequired(asked.CustomerId, "adjustment.customer_id", Limits.IdBytes),
            TextRules.CheckRequired(asked.Model, "adjustment.model", TextRules.NameOfWorkspaceOrModel),
            asked.ChangeCase == V1.ScoreAdjustment.ChangeOneofCase.None
                ? TextRules.Missing("adjustment.add_score") with
                {
                    Message = "or set_score is required",
                }
                : null,
            Math.Abs(score) <= Limits.Value ? null : FieldFault.Invalid(field, ScoreRule),
            asked.Reason.Length == 0
                ? TextRules.Missing("adjustment.reason")
                : TextRules.CheckProse(asked.Reason, "adjustment.reason", Limits.ChangeNoteBytes),
            asked.ExpireTime is null ? null : Instants.Read(asked.ExpireTime, "adjustment.expire_time", out end)
        );
        return new(
            asked.Model,
            asked.ChangeCase == V1.ScoreAdjustment.ChangeOneofCase.SetScore ? AdjustmentKind.Set : AdjustmentKind.Add,
            score,
            asked.Reason,
            author,
            CreateTime: default,
            asked.ExpireTime is null ? null : end
        );
    }
}
