using Scoring.Core;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Customers;
using Scoring.Core.Evaluation;
using Scoring.Core.History;
using Scoring.Core.Listing;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;

namespace Scoring.Engine.Hosting;

/// <summary>What a process answers for the partitions that it has open.</summary>
/// <remarks>
/// An answer contains every write that was acknowledged, by whatever process, before the call. For partitions that are not open here, or that
/// somebody else may have taken over meanwhile, nothing is answered and nothing is done: the answer names them. Calls come from any thread, many at a
/// time; each may throw <see cref="ScoringException"/>.
/// </remarks>
public interface IPartitionHost
{
    /// <summary>Writes commands and returns once those of the partitions that are here are durable and applied; all of them are taken or none.</summary>
    /// <param name="write">The commands. Their payloads are the host's from then on, but for those of partitions that it names as absent.</param>
    /// <param name="cancellationToken">Ends the wait, not the write.</param>
    ValueTask<HostAnswer<WriteResult>> WriteAsync(HostWrite write, CancellationToken cancellationToken);

    /// <summary>Scores customers, in the order of the query; null for those of whom nothing is known and those of absent partitions.</summary>
    ValueTask<HostAnswer<IReadOnlyList<CustomerScore?>>> ScoreAsync(
        ScoreQuery query,
        int modelVersion,
        CancellationToken cancellationToken
    );

    /// <summary>All that is known of a customer; none when nothing is.</summary>
    ValueTask<HostAnswer<IReadOnlyList<CustomerDetails>>> DescribeCustomerAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    );

    /// <summary>All that the archive has of a customer; none when nothing is known of it.</summary>
    ValueTask<HostAnswer<IReadOnlyList<CustomerPast>>> ReadPastAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    );

    /// <summary>Into which customers some were merged, or are being merged, in their order; null for those that were not, and those of absent partitions.</summary>
    ValueTask<HostAnswer<IReadOnlyList<MergedCustomer?>>> FindMergedAsync(
        string workspace,
        IReadOnlyList<string> customerIds,
        CancellationToken cancellationToken
    );

    /// <summary>What is known of an account in some partitions: itself, if its own is among them, and how many customers belong to it there.</summary>
    ValueTask<HostAnswer<AccountDetails>> DescribeAccountAsync(
        string workspace,
        string accountId,
        IReadOnlyList<int> partitions,
        CancellationToken cancellationToken
    );

    /// <summary>Tallies a segment.</summary>
    ValueTask<HostAnswer<IReadOnlyList<SegmentTally>>> TallyAsync(
        SegmentQuestion question,
        CancellationToken cancellationToken
    );

    /// <summary>Tallies a segment at each of some instants of the past.</summary>
    ValueTask<HostAnswer<IReadOnlyList<IReadOnlyList<SegmentTally>>>> TallyPastAsync(
        PastSegmentQuestion question,
        CancellationToken cancellationToken
    );

    /// <summary>Whether what some partitions told of the past is still true.</summary>
    ValueTask<HostAnswer<PastMarks>> MarkPastAsync(PastMarkQuestion question, CancellationToken cancellationToken);

    /// <summary>Tallies how the scores of a segment's customers changed between two instants of the past.</summary>
    ValueTask<HostAnswer<SegmentChangeTally>> TallyChangeAsync(
        SegmentChangeQuestion question,
        CancellationToken cancellationToken
    );

    /// <summary>Tallies the members of an account at each of some instants of the past, and gives the account's own past if its own partition is among those asked for.</summary>
    ValueTask<HostAnswer<PastAccountTallies>> TallyPastAsync(
        PastAccountQuestion question,
        CancellationToken cancellationToken
    );

    /// <summary>Brings the members of an account from one instant of the past to another, and gives the account's own past if its own partition is among those asked for.</summary>
    ValueTask<HostAnswer<AccountChangeFound>> TallyChangeAsync(
        AccountChangeQuestion question,
        CancellationToken cancellationToken
    );

    /// <summary>Looks customers through for an evaluation of models; the parts are of distinct customers.</summary>
    ValueTask<HostAnswer<IReadOnlyList<EvaluationPart>>> EvaluateAsync(
        EvaluationQuestion question,
        CancellationToken cancellationToken
    );

    /// <summary>Some of the events of a partition's archive.</summary>
    ValueTask<HostAnswer<EventPage>> ExportAsync(EventExportQuestion question, CancellationToken cancellationToken);

    /// <summary>Tallies the members of an account, and gives the account if its own partition is among those asked for.</summary>
    ValueTask<HostAnswer<AccountTallies>> TallyAsync(AccountQuestion question, CancellationToken cancellationToken);

    /// <summary>Tallies a segment by a model that is stored and by one that is not.</summary>
    ValueTask<HostAnswer<IReadOnlyList<PreviewTally>>> PreviewAsync(
        PreviewQuestion question,
        CancellationToken cancellationToken
    );

    /// <summary>Finds who will leave a band.</summary>
    ValueTask<HostAnswer<BandLeaverTally>> FindLeaversAsync(
        BandLeaverQuestion question,
        CancellationToken cancellationToken
    );

    /// <summary>Counts what the customers of two segments have.</summary>
    ValueTask<HostAnswer<TraitTally>> CountTraitsAsync(ContrastQuestion question, CancellationToken cancellationToken);

    /// <summary>Tallies a segment by values of attributes.</summary>
    ValueTask<HostAnswer<GroupTally>> GroupAsync(GroupQuestion question, CancellationToken cancellationToken);

    /// <summary>Lists customers, the first <see cref="Limits.ListedCustomers"/> of them.</summary>
    ValueTask<HostAnswer<IdList>> ListAsync(ListQuestion question, CancellationToken cancellationToken);

    /// <summary>Tallies the members of every account, and gives the accounts whose own partitions are among those asked for.</summary>
    ValueTask<HostAnswer<AccountTable>> TallyAccountsAsync(
        AccountListQuestion question,
        CancellationToken cancellationToken
    );

    /// <summary>Gives some ids of a list that the host keeps; null when it does not.</summary>
    /// <param name="list">The list's name here.</param>
    /// <param name="offset">Customers before.</param>
    /// <param name="size">Most customers.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    ValueTask<ListPart?> ReadListAsync(string list, int offset, int size, CancellationToken cancellationToken);

    /// <summary>The ids of the accounts here that meet conditions, for each condition.</summary>
    ValueTask<HostAnswer<IReadOnlyList<IReadOnlyList<string>>>> FindAccountsAsync(
        AccountSearch search,
        CancellationToken cancellationToken
    );

    /// <summary>The accounts here that met conditions at some instants of the past.</summary>
    ValueTask<HostAnswer<IReadOnlyList<PastAccountMatch>>> FindPastAccountsAsync(
        PastAccountSearch search,
        CancellationToken cancellationToken
    );

    /// <summary>The first adjustments here, by <see cref="CustomerAdjustment.Place"/> (ordinal).</summary>
    ValueTask<HostAnswer<IReadOnlyList<CustomerAdjustment>>> FindAdjustmentsAsync(
        AdjustmentSearch search,
        CancellationToken cancellationToken
    );

    /// <summary>What the customers here have that is near to what a filter asks for.</summary>
    ValueTask<HostAnswer<IReadOnlyList<FilterHint>>> FindHintsAsync(
        SegmentQuestion question,
        CancellationToken cancellationToken
    );

    /// <summary>The names here: of each what is known, and how much of the room for them is taken.</summary>
    ValueTask<HostAnswer<HostNames>> ListNamesAsync(
        string workspace,
        IReadOnlyList<int> partitions,
        CancellationToken cancellationToken
    );
}
