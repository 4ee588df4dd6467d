using Microsoft.Extensions.Time.Testing;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Backend;
using Scoring.Core.Customers;
using Scoring.Core.Evaluation;
using Scoring.Core.Filters;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;

namespace Scoring.Backend.Specs;

/// <summary>A host of the domain with a workspace for one test, and a clock that stands still until it is told to go on.</summary>
public abstract class BackendHost : IAsyncDisposable
{
    /// <summary>Ends with the test.</summary>
    public static CancellationToken Cancellation => TestContext.Current.CancellationToken;

    /// <summary>The port.</summary>
    public abstract IScoringBackend Backend { get; }

    /// <summary>The workspace.</summary>
    public abstract string Workspace { get; }

    /// <summary>The clock.</summary>
    public abstract FakeTimeProvider Clock { get; }

    /// <summary>What the clock says.</summary>
    public Instant Now => Instant.From(Clock.GetUtcNow());

    /// <summary>How far the host's own clock may differ from this one, where it cannot be given this one.</summary>
    public virtual TimeSpan ClockError => TimeSpan.Zero;

    /// <summary>
    /// Whether every call is answered with what became of it. Where not (a process that was ended took the answer with it), only what has ids
    /// can be sent again, and then some of it may be known already.
    /// </summary>
    public virtual bool AnswersEveryCall => true;

    /// <summary>Ends the host at once, as a crash would, and starts it again on what was durable.</summary>
    public abstract Task CrashAndRestartAsync();

    /// <summary>Does one of the things that a host must survive without a difference to be seen.</summary>
    public abstract Task DisturbAsync(Random random);

    public Task<WriteResult> Record(params Sample[] events) => Record(Workspace, events);

    public async Task<WriteResult> Record(string workspace, params Sample[] events)
    {
        using var batch = Samples.Batch(events, workspace);
        return await Backend.RecordAsync(batch, Cancellation);
    }

    public async Task<WriteResult> Upsert(params CustomerUpdate[] customers) =>
        await Backend.UpsertCustomersAsync(Workspace, customers, Cancellation);

    public async Task<WriteResult> Upsert(params AccountUpdate[] accounts) =>
        await Backend.UpsertAccountsAsync(Workspace, accounts, Cancellation);

    public async Task<CustomerScore?> Score(string customer) => (await Scores(null, customer))[0];

    public async Task<IReadOnlyList<CustomerScore?>> Scores(Instant? at, params string[] customers) =>
        await Backend.GetScoresAsync(new ScoreQuery(Workspace, customers, "", at), Cancellation);

    /// <summary>All that is known of a customer; null when nothing is.</summary>
    public async Task<CustomerDetails?> Customer(string customer) =>
        await Backend.GetCustomerAsync(Workspace, customer, Cancellation);

    /// <summary>All that is known of an account; null when nothing is.</summary>
    public async Task<AccountDetails?> Account(string account) =>
        await Backend.GetAccountAsync(Workspace, account, Cancellation);

    /// <summary>Merges customers into one, and gives that one.</summary>
    public async Task<CustomerDetails> Merge(string into, params string[] customers) =>
        await Backend.MergeCustomersAsync(Workspace, into, customers, Cancellation);

    /// <summary>Deletes a customer; false when nothing was known of it.</summary>
    public async Task<bool> Delete(string customer) =>
        await Backend.DeleteCustomerAsync(Workspace, customer, Cancellation);

    /// <summary>Deletes an account; false when nothing was known of it.</summary>
    public async Task<bool> DeleteAccount(string account, bool releaseCustomers = false) =>
        await Backend.DeleteAccountAsync(Workspace, account, releaseCustomers, Cancellation);

    /// <summary>What a customer's score was at some instants, as it was known at one; null for as all is known now.</summary>
    public async Task<ScoreHistory?> History(string customer, Instant? knownAt, params Instant[] times) =>
        await Backend.GetScoreHistoryAsync(new(Workspace, customer, "", times, knownAt), Cancellation);

    /// <summary>What was true of a segment at some instants, as it was known at one; null for as all is known now.</summary>
    public async Task<IReadOnlyList<SegmentStatistics>> SegmentHistory(
        string filter,
        Instant? knownAt,
        params Instant[] times
    )
    {
        var query = new SegmentQuery
        {
            Workspace = Workspace,
            Filter = Filter.Parse(filter),
            Percentiles = [25, 50, 75],
        };
        return await Backend.GetSegmentHistoryAsync(new(query, times, knownAt), Cancellation);
    }

    /// <summary>Whose scores moved most in a segment between two instants, as it was known at one; null for as all is known now.</summary>
    public async Task<SegmentMovers> Movers(string filter, Instant from, Instant to, Instant? knownAt, int count) =>
        await Backend.ListMoversAsync(
            new()
            {
                Workspace = Workspace,
                Filter = Filter.Parse(filter),
                From = from,
                To = to,
                KnownAt = knownAt,
                Movers = count,
            },
            Cancellation
        );

    /// <summary>How an account fared at instants of the past.</summary>
    public async Task<AccountHealthHistory> HealthHistory(
        string account,
        int windowDays,
        Instant? knownAt,
        params Instant[] times
    ) =>
        await Backend.GetAccountHealthHistoryAsync(
            new(new(Workspace, account, windowDays, "", null), times, knownAt),
            Cancellation
        );

    /// <summary>Why the health of an account changed between two instants, as it was known at one; null for as all is known now.</summary>
    public async Task<AccountHealthChange> HealthChange(
        string account,
        int windowDays,
        Instant from,
        Instant to,
        Instant? knownAt
    ) =>
        await Backend.ExplainAccountHealthChangeAsync(
            new(new(Workspace, account, windowDays, "", null), from, to, knownAt),
            Cancellation
        );

    /// <summary>How well scores of the past told what happened then.</summary>
    public async Task<ModelEvaluation> Evaluate(EvaluationQuery query, IProgress<double>? progress = null) =>
        await Backend.EvaluateModelAsync(query, progress, Cancellation);

    /// <summary>Weights that tell better what happened than those that a model has.</summary>
    public async Task<WeightProposal> Propose(ProposalQuery query) =>
        await Backend.ProposeWeightsAsync(query, Cancellation);

    /// <summary>Why the mean score of a segment changed between two instants, as it was known at one; null for as all is known now.</summary>
    public async Task<SegmentChange> SegmentChange(string filter, Instant from, Instant to, Instant? knownAt) =>
        await Backend.ExplainSegmentChangeAsync(
            new()
            {
                Workspace = Workspace,
                Filter = Filter.Parse(filter),
                From = from,
                To = to,
                KnownAt = knownAt,
            },
            Cancellation
        );

    /// <summary>What becomes of a customer's score if nothing more happens.</summary>
    public async Task<ScoreProjection?> Projection(string customer, Instant until) =>
        await Backend.ProjectScoreAsync(new(Workspace, customer, "", until), Cancellation);

    /// <summary>What keeps a customer's score from falling below a band, its own unless it is named.</summary>
    public async Task<ScoreProjection?> Keeping(string customer, int days, string band) =>
        await Backend.ProjectScoreAsync(
            new(Workspace, customer, "", Now + TimeSpan.FromDays(1), days, band),
            Cancellation
        );

    /// <summary>Who in a segment will leave a band if nothing more happens.</summary>
    public async Task<BandLeavers> Leavers(string filter, string band, Instant until, int count) =>
        await Backend.ListBandLeaversAsync(
            new()
            {
                Workspace = Workspace,
                Filter = Filter.Parse(filter),
                Band = band,
                Until = until,
                Count = count,
            },
            Cancellation
        );

    /// <summary>Why a customer's score changed between two instants.</summary>
    public async Task<ScoreChange?> Change(string customer, Instant from, Instant to) =>
        await Backend.ExplainScoreChangeAsync(new(Workspace, customer, "", "", from, to), Cancellation);

    /// <summary>Corrects events that were recorded wrongly.</summary>
    public async Task<IReadOnlyList<CorrectionResult>> Correct(params EventCorrection[] corrections) =>
        await Backend.CorrectEventsAsync(Workspace, corrections, Cancellation);

    /// <summary>Adjusts a customer's score.</summary>
    public async Task<ScoreAdjustment> Adjust(string customer, ScoreAdjustment adjustment) =>
        await Backend.AdjustScoreAsync(Workspace, customer, adjustment, Cancellation);

    /// <summary>Removes the adjustment of a customer's score in a model.</summary>
    public async Task RemoveAdjustment(string customer, string model) =>
        await Backend.RemoveAdjustmentAsync(Workspace, customer, model, Cancellation);

    /// <summary>Events that a customer was counted for, all types together.</summary>
    public async Task<double> CountOf(string customer) =>
        (await Score(customer))?.Contributions.Where(c => c.Term is EventTerm { HalfLifeDays: 0 }).Sum(c => c.Quantity)
        ?? 0;

    /// <summary>Statistics of a segment, with everything acknowledged in them.</summary>
    public async Task<SegmentStatistics> Segment(Func<SegmentQuery, SegmentQuery>? ask = null)
    {
        var query = new SegmentQuery { Workspace = Workspace };
        return await Backend.GetSegmentStatisticsAsync(ask?.Invoke(query) ?? query, Cancellation);
    }

    /// <summary>Health of an account, with everything acknowledged in it.</summary>
    public async Task<AccountHealth> Health(string account, int windowDays = 30, Instant? at = null) =>
        await Backend.GetAccountHealthAsync(new(Workspace, account, windowDays, "", at), Cancellation);

    public async Task<ScoringModel> Put(ScoringModel model) =>
        await Backend.PutModelAsync(Workspace, model, Cancellation);

    /// <summary>The versions of a model that are kept, the newest first.</summary>
    public async Task<IReadOnlyList<ScoringModel>> Versions(string model) =>
        await Backend.ListModelVersionsAsync(Workspace, model, Cancellation);

    public async Task<int> DeleteModel(string model, int version = 0) =>
        await Backend.DeleteModelAsync(Workspace, model, version, Cancellation);

    /// <inheritdoc/>
    public abstract ValueTask DisposeAsync();
}
