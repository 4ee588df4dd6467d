using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Customers;
using Scoring.Core.Evaluation;
using Scoring.Core.History;
using Scoring.Core.Listing;
using Scoring.Core.Models;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;

namespace Scoring.Core.Backend;

/// <summary>The port between the front and whatever hosts the domain: one process with a store of its own, or a cluster.</summary>
/// <remarks>
/// Calls come from any thread, many at a time. What they are given has been validated against <see cref="Limits"/>. Every call may
/// throw <see cref="ScoringException"/>; a write that throws anything but <see cref="ScoringError.Unavailable"/> had no effect.
/// Cancelling a write stops the wait for it, not the write.
/// </remarks>
public interface IScoringBackend
{
    /// <summary>Records events and returns once what was taken is durable. Events of one customer are applied in their order.</summary>
    /// <remarks>The caller keeps the batch and may dispose of it once this has returned or thrown.</remarks>
    ValueTask<WriteResult> RecordAsync(EventBatch batch, CancellationToken cancellationToken);

    /// <summary>Adds or changes customers and returns once what was taken is durable.</summary>
    ValueTask<WriteResult> UpsertCustomersAsync(
        string workspace,
        IReadOnlyList<CustomerUpdate> customers,
        CancellationToken cancellationToken
    );

    /// <summary>Adds or changes accounts and returns once what was taken is durable.</summary>
    ValueTask<WriteResult> UpsertAccountsAsync(
        string workspace,
        IReadOnlyList<AccountUpdate> accounts,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Scores customers, null in the place of those of whom nothing is known: at the instant asked for, or each as of now, and where its newest
    /// event lies ahead of now as of that, which its answer says.
    /// </summary>
    ValueTask<IReadOnlyList<CustomerScore?>> GetScoresAsync(ScoreQuery query, CancellationToken cancellationToken);

    /// <summary>Tells what is true of a segment.</summary>
    ValueTask<SegmentStatistics> GetSegmentStatisticsAsync(SegmentQuery query, CancellationToken cancellationToken);

    /// <summary>Tells what is true of several segments as of one instant and by one model.</summary>
    /// <param name="queries">The segments: queries of one workspace, model and instant.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    ValueTask<IReadOnlyList<SegmentStatistics>> CompareSegmentsAsync(
        IReadOnlyList<SegmentQuery> queries,
        CancellationToken cancellationToken
    );

    /// <summary>Tells what more customers of one segment have than of another, or fewer.</summary>
    ValueTask<SegmentContrast> ContrastSegmentsAsync(ContrastQuery query, CancellationToken cancellationToken);

    /// <summary>Tells what scores would be under a model that is not stored. Nothing is changed.</summary>
    ValueTask<ModelPreview> PreviewModelAsync(PreviewQuery query, CancellationToken cancellationToken);

    /// <summary>Tells what is true of the customers of a segment by the values of their attributes.</summary>
    ValueTask<SegmentGroups> GroupSegmentAsync(GroupQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Lists customers in order, the first page of them, and keeps the list for a while so that <see cref="GetCustomerPageAsync"/> gives those that follow.
    /// </summary>
    /// <param name="query">Which customers, in which order.</param>
    /// <param name="size">Most customers of the page.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    ValueTask<ListPage<CustomerScore>> ListCustomersAsync(
        CustomerListQuery query,
        int size,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Gives a page of a list that is kept: customers in the order of the list, scored at its instant, or, where one has had events since, at its newest.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="place">Where the page begins.</param>
    /// <param name="size">Most customers of the page.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.ListExpired"/>: the list is kept no more.</exception>
    ValueTask<ListPage<CustomerScore>> GetCustomerPageAsync(
        string workspace,
        ListPlace place,
        int size,
        CancellationToken cancellationToken
    );

    /// <summary>Reads all customers that a filter lets pass, in no order: each once, each as of the instant at which it is read.</summary>
    IAsyncEnumerable<IReadOnlyList<CustomerScore>> ReadCustomersAsync(
        CustomerListQuery query,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Lists accounts in order, the first page of them, and keeps the list for a while so that <see cref="GetAccountPageAsync"/> gives those that
    /// follow. Each is told of as of the moment at which its page is read.
    /// </summary>
    /// <param name="query">Which accounts, in which order.</param>
    /// <param name="size">Most accounts of the page.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    ValueTask<ListPage<AccountHealth>> ListAccountsAsync(
        AccountListQuery query,
        int size,
        CancellationToken cancellationToken
    );

    /// <summary>Gives a page of a list of accounts that is kept.</summary>
    /// <param name="query">What was asked for when the list was made.</param>
    /// <param name="place">Where the page begins.</param>
    /// <param name="size">Most accounts of the page.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.ListExpired"/>: the list is kept no more.</exception>
    ValueTask<ListPage<AccountHealth>> GetAccountPageAsync(
        AccountListQuery query,
        ListPlace place,
        int size,
        CancellationToken cancellationToken
    );

    /// <summary>Tells how an account fares.</summary>
    ValueTask<AccountHealth> GetAccountHealthAsync(AccountHealthQuery query, CancellationToken cancellationToken);

    /// <summary>All that is known of a customer, as of now or, where its newest event lies ahead of now, as of that; null when nothing is.</summary>
    ValueTask<CustomerDetails?> GetCustomerAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    );

    /// <summary>All that is known of an account; null when nothing is.</summary>
    ValueTask<AccountDetails?> GetAccountAsync(string workspace, string accountId, CancellationToken cancellationToken);

    /// <summary>
    /// Merges customers into one, and returns that one once it is durable: what they did counts for it, and their ids stand for it from then on. Merging them again changes
    /// nothing.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="customerId">The survivor, who need not be known yet.</param>
    /// <param name="mergedIds">The customers to merge into it.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ScoringError.CustomerNotFound"/>: nothing is known of one. <see cref="ScoringError.CustomerMerged"/>: one was merged into another customer.
    /// <see cref="ScoringError.InvalidArgument"/>: into itself. <see cref="ScoringError.LimitExceeded"/>.
    /// </exception>
    ValueTask<CustomerDetails> MergeCustomersAsync(
        string workspace,
        string customerId,
        IReadOnlyList<string> mergedIds,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Voids events that were recorded wrongly, or puts others in their place, and returns once that is durable, with what became of each in their order. A customer is then what it would be
    /// if the event had never been recorded; what was known at an earlier instant stays what it was. A correction that was made before is not made again.
    /// </summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="corrections">The corrections. Those of one customer without a replacement are made together, each other one by itself.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScoringException">
    /// <see cref="ScoringError.BeforeHistory"/>: events are not kept. <see cref="ScoringError.Unavailable"/>: some may have been made.
    /// </exception>
    ValueTask<IReadOnlyList<CorrectionResult>> CorrectEventsAsync(
        string workspace,
        IReadOnlyList<EventCorrection> corrections,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Deletes a customer with all that is known of it, the ids merged into it included, and returns once that is durable; false when nothing was known. Of an id that was
    /// merged, the customer that it stands for.
    /// </summary>
    /// <remarks>What comes of it afterwards makes a new customer. Ids of its events stay remembered as those of others.</remarks>
    ValueTask<bool> DeleteCustomerAsync(string workspace, string customerId, CancellationToken cancellationToken);

    /// <summary>Deletes what is known of an account beside its customers, and returns once that is durable; false when nothing was known but perhaps its id, which what is kept of the past names no more either way.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="accountId">The account.</param>
    /// <param name="releaseCustomers">Whether customers that belong to it are left without an account.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <exception cref="ScoringException"><see cref="ScoringError.AccountInUse"/>: customers belong to it, and are not to be released.</exception>
    ValueTask<bool> DeleteAccountAsync(
        string workspace,
        string accountId,
        bool releaseCustomers,
        CancellationToken cancellationToken
    );

    /// <summary>Adjusts a customer's score in a model, in the place of an adjustment that there is, and returns once that is durable.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="customerId">The customer.</param>
    /// <param name="adjustment">The adjustment; its time of creation is not looked at.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The adjustment as it is stored, with the time of receipt.</returns>
    /// <exception cref="ScoringException">
    /// <see cref="ScoringError.ModelNotFound"/>, <see cref="ScoringError.CustomerNotFound"/>; <see cref="ScoringError.InvalidArgument"/>: it would have
    /// expired already; <see cref="ScoringError.LimitExceeded"/>: the customer has <see cref="Limits.Adjustments"/> for other models.
    /// </exception>
    ValueTask<ScoreAdjustment> AdjustScoreAsync(
        string workspace,
        string customerId,
        ScoreAdjustment adjustment,
        CancellationToken cancellationToken
    );

    /// <summary>Removes an adjustment of a customer's score and returns once that is durable. Whether the model exists does not matter.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.CustomerNotFound"/> or <see cref="ScoringError.AdjustmentNotFound"/>.</exception>
    ValueTask RemoveAdjustmentAsync(
        string workspace,
        string customerId,
        string model,
        CancellationToken cancellationToken
    );

    /// <summary>The adjustments that there are now in a workspace, by <see cref="CustomerAdjustment.Place"/> (ordinal).</summary>
    ValueTask<IReadOnlyList<CustomerAdjustment>> ListAdjustmentsAsync(
        AdjustmentQuery query,
        CancellationToken cancellationToken
    );

    /// <summary>Tells what a customer's score was; null when nothing is known of it.</summary>
    /// <exception cref="ScoringException">
    /// <see cref="ScoringError.ModelNotFound"/>; <see cref="ScoringError.BeforeHistory"/>: an instant lies before the customer's archive begins.
    /// </exception>
    ValueTask<ScoreHistory?> GetScoreHistoryAsync(ScoreHistoryQuery query, CancellationToken cancellationToken);

    /// <summary>Tells what was true of a segment at instants of the past, in their order.</summary>
    /// <exception cref="ScoringException">As of <see cref="GetScoreHistoryAsync"/>.</exception>
    ValueTask<IReadOnlyList<SegmentStatistics>> GetSegmentHistoryAsync(
        SegmentHistoryQuery query,
        CancellationToken cancellationToken
    );

    /// <summary>Tells how an account fared at instants of the past.</summary>
    /// <exception cref="ScoringException">
    /// As of <see cref="GetScoreHistoryAsync"/>; <see cref="ScoringError.AccountNotFound"/> when nothing is known of the account, now nor then.
    /// </exception>
    ValueTask<AccountHealthHistory> GetAccountHealthHistoryAsync(
        AccountHealthHistoryQuery query,
        CancellationToken cancellationToken
    );

    /// <summary>Tells why the health of an account changed between two instants.</summary>
    /// <exception cref="ScoringException">
    /// As of <see cref="GetScoreHistoryAsync"/>; <see cref="ScoringError.AccountNotFound"/> when nothing was known of the account at either instant.
    /// </exception>
    ValueTask<AccountHealthChange> ExplainAccountHealthChangeAsync(
        AccountHealthChangeQuery query,
        CancellationToken cancellationToken
    );

    /// <summary>
    /// Tells whose scores moved most in a segment between two instants. They are of those who belonged to it at the second; who was not known at the first is
    /// counted, and not among them.
    /// </summary>
    /// <exception cref="ScoringException">As of <see cref="GetScoreHistoryAsync"/>.</exception>
    ValueTask<SegmentMovers> ListMoversAsync(SegmentChangeQuery query, CancellationToken cancellationToken);

    /// <summary>Tells how well scores of the past told what happened then.</summary>
    /// <param name="query">What to judge, and by what.</param>
    /// <param name="progress">Told how much of the customers has been looked through, 0 to 1; null for nobody.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ScoringException">As of <see cref="GetScoreHistoryAsync"/>.</exception>
    ValueTask<ModelEvaluation> EvaluateModelAsync(
        EvaluationQuery query,
        IProgress<double>? progress,
        CancellationToken cancellationToken
    );

    /// <summary>Proposes weights that tell better what happened than those that a model has. Nothing is stored.</summary>
    /// <param name="query">The model, what it is to tell, and how the past is divided.</param>
    /// <param name="cancellationToken">Stops the work.</param>
    /// <exception cref="ScoringException">As of <see cref="EvaluateModelAsync"/>.</exception>
    ValueTask<WeightProposal> ProposeWeightsAsync(ProposalQuery query, CancellationToken cancellationToken);

    /// <summary>Tells why the mean score of a segment changed between two instants.</summary>
    /// <exception cref="ScoringException">As of <see cref="GetScoreHistoryAsync"/>.</exception>
    ValueTask<SegmentChange> ExplainSegmentChangeAsync(SegmentChangeQuery query, CancellationToken cancellationToken);

    /// <summary>
    /// Reads the events of the archive: all that were accepted before the call, each once, but for those of customers who were deleted. One customer's come one
    /// behind the other, by the time of receipt. Events that are accepted meanwhile may come too.
    /// </summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.BeforeHistory"/>: events are not kept, for example.</exception>
    IAsyncEnumerable<IReadOnlyList<ExportedEvent>> ReadEventsAsync(
        EventExportQuery query,
        CancellationToken cancellationToken
    );

    /// <summary>Tells why a customer's score changed between two instants; null when nothing was known of it at the second.</summary>
    /// <exception cref="ScoringException">As of <see cref="GetScoreHistoryAsync"/>.</exception>
    ValueTask<ScoreChange?> ExplainScoreChangeAsync(ScoreChangeQuery query, CancellationToken cancellationToken);

    /// <summary>Tells when a customer's score falls into other bands if nothing more happens, and what keeps it in one; null when nothing is known of it.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.ModelNotFound"/>; <see cref="ScoringError.InvalidArgument"/>: the model has no such band.</exception>
    ValueTask<ScoreProjection?> ProjectScoreAsync(ScoreProjectionQuery query, CancellationToken cancellationToken);

    /// <summary>Tells who in a segment will leave a band if nothing more happens, those first who do so first.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.ModelNotFound"/>; <see cref="ScoringError.InvalidArgument"/>: the model has no such band.</exception>
    ValueTask<BandLeavers> ListBandLeaversAsync(BandLeaverQuery query, CancellationToken cancellationToken);

    /// <summary>The models of a workspace, by name (ordinal).</summary>
    ValueTask<IReadOnlyList<ScoringModel>> ListModelsAsync(string workspace, CancellationToken cancellationToken);

    /// <summary>The event types that were recorded in a workspace, by name (ordinal).</summary>
    ValueTask<IReadOnlyList<string>> ListEventTypesAsync(string workspace, CancellationToken cancellationToken);

    /// <summary>Stores a valid model as the next version of its name and returns it with that version, once it is durable.</summary>
    /// <param name="workspace">The workspace.</param>
    /// <param name="model">The model; its version must be 0 or the current one, or the answer is <see cref="ScoringError.ModelVersionConflict"/>.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    ValueTask<ScoringModel> PutModelAsync(string workspace, ScoringModel model, CancellationToken cancellationToken);

    /// <summary>The versions of a model that are kept, the newest first; also of one that was deleted, as long as they are.</summary>
    /// <exception cref="ScoringException"><see cref="ScoringError.ModelNotFound"/>: there are none.</exception>
    ValueTask<IReadOnlyList<ScoringModel>> ListModelVersionsAsync(
        string workspace,
        string name,
        CancellationToken cancellationToken
    );

    /// <summary>Deletes a model and returns once that is durable. Its versions are kept for as long as those of any model, and whoever puts it again goes on with the next.</summary>
    /// <param name="workspace">The workspace, whose default model it must not be: <see cref="ScoringError.ModelInUse"/>.</param>
    /// <param name="name">The model.</param>
    /// <param name="version">Its current version, or the answer is <see cref="ScoringError.ModelVersionConflict"/>; 0 for whatever that is.</param>
    /// <param name="cancellationToken">Stops the wait.</param>
    /// <returns>The version that was deleted.</returns>
    ValueTask<int> DeleteModelAsync(string workspace, string name, int version, CancellationToken cancellationToken);

    /// <summary>The names that take up room in a workspace, what uses them, and how much room is left.</summary>
    ValueTask<NameList> ListNamesAsync(string workspace, CancellationToken cancellationToken);

    /// <summary>Removes names that nothing uses, with all that customers and accounts have under them, and returns once that is durable.</summary>
    ValueTask<PrunedNames> PruneNamesAsync(string workspace, NamePruning pruning, CancellationToken cancellationToken);

    /// <summary>Returns when the host can take writes and answer reads; throws <see cref="ScoringException"/> that says why when it cannot.</summary>
    ValueTask CheckHealthAsync(CancellationToken cancellationToken);
}
