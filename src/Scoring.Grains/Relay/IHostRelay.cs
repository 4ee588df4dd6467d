using Orleans.Concurrency;
using Orleans.Services;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Customers;
using Scoring.Core.History;
using Scoring.Core.Recording;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Relay;

/// <summary>Takes the calls of <see cref="IPartitionHost"/> for its silo, so that what is for many partitions is one call for each silo.</summary>
/// <remarks>Many calls are answered at a time. Errors of the domain cross as they are.</remarks>
[Alias("scoring.host-relay")]
internal interface IHostRelay : IGrainService
{
    /// <inheritdoc cref="IPartitionHost.WriteAsync"/>
    [Alias("write")]
    Task<Reply<WriteResult>> WriteAsync([Immutable] WriteMessage write);

    /// <inheritdoc cref="IPartitionHost.ScoreAsync"/>
    /// <returns>
    /// Each score serialized by itself: within a message Orleans looks up every object, should it have been there before, which costs more the more there
    /// are. Empty for a customer of whom nothing is known.
    /// </returns>
    [Alias("score")]
    Task<Reply<byte[][]>> ScoreAsync(
        string workspace,
        [Immutable] string[] customerIds,
        string model,
        int modelVersion,
        Instant? readTime
    );

    /// <summary>As <see cref="ScoreAsync"/>, each customer at an instant or, where its newest event lies after that, at that event.</summary>
    [Alias("score-or-newest")]
    Task<Reply<byte[][]>> ScoreOrNewestAsync(
        string workspace,
        [Immutable] string[] customerIds,
        string model,
        int modelVersion,
        Instant readTime
    );

    /// <inheritdoc cref="IPartitionHost.DescribeCustomerAsync"/>
    [Alias("customer")]
    Task<Reply<CustomerDetails[]>> DescribeCustomerAsync(string workspace, string customerId);

    /// <inheritdoc cref="IPartitionHost.ReadPastAsync"/>
    [Alias("past")]
    Task<Reply<byte[][]>> ReadPastAsync(string workspace, string customerId);

    /// <inheritdoc cref="IPartitionHost.TallyPastAsync(PastSegmentQuestion, CancellationToken)"/>
    [Alias("tally-past")]
    Task<Reply<byte[][]>> TallyPastAsync([Immutable] PastSegmentQuestion question);

    /// <inheritdoc cref="IPartitionHost.MarkPastAsync"/>
    [Alias("mark-past")]
    Task<Reply<PastMarks>> MarkPastAsync([Immutable] PastMarkQuestion question);

    /// <inheritdoc cref="IPartitionHost.TallyChangeAsync(SegmentChangeQuestion, CancellationToken)"/>
    [Alias("tally-change")]
    Task<Reply<SegmentChangeTally>> TallyChangeAsync([Immutable] SegmentChangeQuestion question);

    /// <summary>As <see cref="IPartitionHost.TallyPastAsync(PastAccountQuestion, CancellationToken)"/>: the tallies, and behind them the account's own past if it is there.</summary>
    [Alias("tally-past-account")]
    Task<Reply<byte[][]>> TallyPastAccountAsync([Immutable] PastAccountQuestion question);

    /// <summary>As <see cref="IPartitionHost.TallyChangeAsync(AccountChangeQuestion, CancellationToken)"/>: the tally, and behind it the account's own past if it is there.</summary>
    [Alias("tally-change-account")]
    Task<Reply<byte[][]>> TallyAccountChangeAsync([Immutable] AccountChangeQuestion question);

    /// <inheritdoc cref="IPartitionHost.EvaluateAsync"/>
    [Alias("evaluate")]
    Task<Reply<byte[][]>> EvaluateAsync([Immutable] EvaluationQuestion question);

    /// <inheritdoc cref="IPartitionHost.ExportAsync"/>
    [Alias("events")]
    Task<Reply<EventReply>> ExportAsync([Immutable] EventExportQuestion question);

    /// <inheritdoc cref="IPartitionHost.FindMergedAsync"/>
    [Alias("merged")]
    Task<Reply<MergedCustomer?[]>> FindMergedAsync(string workspace, [Immutable] string[] customerIds);

    /// <inheritdoc cref="IPartitionHost.DescribeAccountAsync"/>
    [Alias("account")]
    Task<Reply<AccountDetails>> DescribeAccountAsync(string workspace, string accountId, [Immutable] int[] partitions);

    /// <summary>Tallies a segment; see <see cref="SegmentTally.Write"/> for which scores come with that.</summary>
    [Alias("tally-segment")]
    Task<Reply<byte[]>> TallyAsync([Immutable] SegmentQuestion question);

    /// <summary>Tallies the members of an account.</summary>
    /// <returns>The tally, and behind it the account if its partition is there.</returns>
    [Alias("tally-account")]
    Task<Reply<byte[][]>> TallyAccountAsync([Immutable] AccountQuestion question);

    /// <inheritdoc cref="IPartitionHost.PreviewAsync"/>
    [Alias("preview")]
    Task<Reply<PreviewReply>> PreviewAsync([Immutable] PreviewQuestion question);

    /// <inheritdoc cref="IPartitionHost.FindLeaversAsync"/>
    [Alias("leavers")]
    Task<Reply<BandLeaverTally>> FindLeaversAsync([Immutable] BandLeaverQuestion question);

    /// <inheritdoc cref="IPartitionHost.CountTraitsAsync"/>
    [Alias("count-traits")]
    Task<Reply<byte[]>> CountTraitsAsync([Immutable] ContrastQuestion question);

    /// <inheritdoc cref="IPartitionHost.GroupAsync"/>
    [Alias("group")]
    Task<Reply<byte[]>> GroupAsync([Immutable] GroupQuestion question);

    /// <inheritdoc cref="IPartitionHost.ListAsync"/>
    [Alias("list")]
    Task<Reply<byte[]>> ListAsync([Immutable] ListQuestion question);

    /// <inheritdoc cref="IPartitionHost.TallyAccountsAsync"/>
    [Alias("tally-accounts")]
    Task<Reply<byte[]>> TallyAccountsAsync([Immutable] AccountListQuestion question);

    /// <inheritdoc cref="IPartitionHost.ReadListAsync"/>
    [Alias("read-list")]
    Task<ListPart?> ReadListAsync(string list, int offset, int size);

    /// <inheritdoc cref="IPartitionHost.FindAccountsAsync"/>
    [Alias("accounts")]
    Task<Reply<string[][]>> FindAccountsAsync([Immutable] AccountSearch search);

    /// <inheritdoc cref="IPartitionHost.FindPastAccountsAsync"/>
    [Alias("past-accounts")]
    Task<Reply<PastAccountMatch[]>> FindPastAccountsAsync([Immutable] PastAccountSearch search);

    /// <inheritdoc cref="IPartitionHost.FindAdjustmentsAsync"/>
    [Alias("adjustments")]
    Task<Reply<CustomerAdjustment[]>> FindAdjustmentsAsync([Immutable] AdjustmentSearch search);

    /// <inheritdoc cref="IPartitionHost.FindHintsAsync"/>
    [Alias("hints")]
    Task<Reply<FilterHint[]>> FindHintsAsync([Immutable] SegmentQuestion question);

    /// <inheritdoc cref="IPartitionHost.ListNamesAsync"/>
    [Alias("names")]
    Task<Reply<HostNames>> ListNamesAsync(string workspace, [Immutable] int[] partitions);

    /// <summary>Takes over the models that the store has, and returns once this silo answers by them.</summary>
    [Alias("refresh-models")]
    Task RefreshAsync();

    /// <summary>Told that partitions are open on a silo, so that nobody needs to look for them.</summary>
    [OneWay]
    [Alias("opened")]
    Task OpenedAsync(SiloAddress silo, [Immutable] int[] partitions);

    /// <summary>Told that a silo leaves: it gives its partitions away and takes none.</summary>
    [Alias("leaves")]
    Task LeavesAsync(SiloAddress silo);
}
