using Orleans.Concurrency;
using Orleans.Services;
using Scoring.Engine.Hosting;

namespace Scoring.Grains.Relay;

/// <summary>Takes the calls of <see cref="IPartitionHost"/> for its silo, so that what is for many partitions is one call for each silo.</summary>
/// <remarks>Many calls are answered at a time. Errors of the domain cross as they are.</remarks>
[Alias("scoring.host-relay")]
internal interface IHostRelay : IGrainService
{
    /// <inheritdoc cref="IPartitionHost.WriteAsync"/>
    [Alias("write")]
    Task<WriteReply> WriteAsync([Immutable] WriteMessage write);

    /// <inheritdoc cref="IPartitionHost.ScoreAsync"/>
    [Alias("score")]
    Task<ScoreReply> ScoreAsync([Immutable] ScoreMessage question);

    /// <summary>Tallies a segment; see <see cref="Scoring.Core.Segments.SegmentTally.Write"/> for which scores come with that.</summary>
    /// <param name="asked">Not looked at: the versions before named questions.</param>
    /// <param name="question">The question.</param>
    [Alias("tally-segment")]
    Task<TallyReply> TallyAsync(Guid asked, [Immutable] SegmentQuestion question);

    /// <summary>Tallies the members of an account.</summary>
    [Alias("tally-account")]
    Task<AccountReply> TallyAccountAsync([Immutable] AccountQuestion question);

    /// <inheritdoc cref="IPartitionHost.FindHintsAsync"/>
    [Alias("hints")]
    Task<HintReply> FindHintsAsync([Immutable] SegmentQuestion question);

    /// <inheritdoc cref="IPartitionHost.ListNamesAsync"/>
    [Alias("names")]
    Task<NameReply> ListNamesAsync(string workspace, [Immutable] int[] partitions);

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
