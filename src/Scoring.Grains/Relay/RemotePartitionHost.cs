using Orleans.Serialization;
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
using Scoring.Engine;
using Scoring.Engine.Hosting;
using Scoring.Grains.Placement;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Relay;

/// <summary>The host on another silo.</summary>
/// <remarks>
/// A silo that does not answer has, as far as a question is concerned, none of the partitions: they are looked for and asked again. What became of a write
/// is unknown then, and the caller is told so.
/// </remarks>
internal sealed class RemotePartitionHost(
    IHostRelay relay,
    HostedEngine engine,
    PartitionHashes hashes,
    Serializer<CustomerScore> scores,
    GrainOptions options
) : IPartitionHost, IDisposable
{
    private readonly CancellationTokenSource _gone = new();

    /// <summary>Told that the silo is gone: nobody waits for it any longer.</summary>
    public void Dispose() => _gone.Cancel();

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<WriteResult>> WriteAsync(HostWrite write, CancellationToken cancellationToken)
    {
        if (_gone.IsCancellationRequested)
        {
            return new(null, [.. write.Parts.Select(part => part.Partition).Distinct()]);
        }
        Reply<WriteResult> reply;
        try
        {
            reply = await AnswerAsync(relay.WriteAsync(new WriteMessage(write)), cancellationToken);
        }
        catch (Exception e) when (ClusterFailures.IsOne(e, cancellationToken))
        {
            // The message may still be about to be sent, so its buffers are the collector's.
            throw ClusterFailures.OfWrite(e);
        }
        catch (ScoringException)
        {
            write.Release(_ => true);
            throw;
        }
        write.Release(partition => !reply.Absent.Contains(partition));
        return reply.Read(result => result);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<CustomerScore?>>> ScoreAsync(
        ScoreQuery query,
        int modelVersion,
        CancellationToken cancellationToken
    )
    {
        string[] ids = [.. query.CustomerIds];
        var reply = await AskAsync(
            () =>
                query is { OrNewest: true, ReadTime: { } readTime }
                    ? relay.ScoreOrNewestAsync(query.Workspace, ids, query.Model, modelVersion, readTime)
                    : relay.ScoreAsync(query.Workspace, ids, query.Model, modelVersion, query.ReadTime),
            () => PartitionsOf(query),
            cancellationToken
        );
        return reply.Read<IReadOnlyList<CustomerScore?>>(found =>
            Array.ConvertAll(found, sent => sent.Length == 0 ? null : scores.Deserialize(sent))
        );
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<CustomerDetails>>> DescribeCustomerAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.DescribeCustomerAsync(workspace, customerId),
            () => [hashes.Of(engine.Host.Workspace(workspace).Name, customerId)],
            cancellationToken
        );
        return reply.Read<IReadOnlyList<CustomerDetails>>(found => found);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<CustomerPast>>> ReadPastAsync(
        string workspace,
        string customerId,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.ReadPastAsync(workspace, customerId),
            () => [hashes.Of(engine.Host.Workspace(workspace).Name, customerId)],
            cancellationToken
        );
        return reply.Read<IReadOnlyList<CustomerPast>>(found =>
            Array.ConvertAll(found, past => CustomerPastCodec.Read(past))
        );
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<IReadOnlyList<SegmentTally>>>> TallyPastAsync(
        PastSegmentQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.TallyPastAsync(question), () => question.Partitions, cancellationToken);
        return reply.Read<IReadOnlyList<IReadOnlyList<SegmentTally>>>(sent =>
            Array.ConvertAll(sent, one => new[] { SegmentTally.Read(one, question.Query) })
        );
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<PastMarks>> MarkPastAsync(
        PastMarkQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.MarkPastAsync(question), () => question.Partitions, cancellationToken);
        return reply.Read(marks => marks);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<SegmentChangeTally>> TallyChangeAsync(
        SegmentChangeQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.TallyChangeAsync(question),
            () => question.Partitions,
            cancellationToken
        );
        return reply.Read(tally => tally);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<PastAccountTallies>> TallyPastAsync(
        PastAccountQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.TallyPastAccountAsync(question),
            () => question.Partitions,
            cancellationToken
        );
        var times = question.Query.Times.Count;
        return reply.Read(sent => new PastAccountTallies(
            [.. sent.Take(times).Select(tally => AccountTally.Read(tally))],
            sent.Length > times ? CustomerPastCodec.ReadAccount(sent[times]) : null
        ));
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<AccountChangeFound>> TallyChangeAsync(
        AccountChangeQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.TallyAccountChangeAsync(question),
            () => question.Partitions,
            cancellationToken
        );
        return reply.Read(sent => new AccountChangeFound(
            AccountChangeTally.Read(sent[0]),
            sent.Length > 1 ? CustomerPastCodec.ReadAccount(sent[1]) : null
        ));
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<EvaluationPart>>> EvaluateAsync(
        EvaluationQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.EvaluateAsync(question), () => question.Partitions, cancellationToken);
        return reply.Read<IReadOnlyList<EvaluationPart>>(sent =>
            Array.ConvertAll(sent, part => EvaluationPart.Read(part))
        );
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<EventPage>> ExportAsync(
        EventExportQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.ExportAsync(question), () => [question.Partition], cancellationToken);
        return reply.Read(sent => sent.Read());
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<MergedCustomer?>>> FindMergedAsync(
        string workspace,
        IReadOnlyList<string> customerIds,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.FindMergedAsync(workspace, [.. customerIds]),
            () => [.. customerIds.Select(id => hashes.Of(engine.Host.Workspace(workspace).Name, id)).Distinct()],
            cancellationToken
        );
        return reply.Read<IReadOnlyList<MergedCustomer?>>(found => found);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<AccountDetails>> DescribeAccountAsync(
        string workspace,
        string accountId,
        IReadOnlyList<int> partitions,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.DescribeAccountAsync(workspace, accountId, [.. partitions]),
            () => partitions,
            cancellationToken
        );
        return reply.Read(account => account);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<SegmentTally>>> TallyAsync(
        SegmentQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.TallyAsync(question), () => question.Partitions, cancellationToken);
        return reply.Read<IReadOnlyList<SegmentTally>>(sent => [SegmentTally.Read(sent, question.Query)]);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<AccountTallies>> TallyAsync(
        AccountQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.TallyAccountAsync(question),
            () => question.Partitions,
            cancellationToken
        );
        return reply.Read(sent => new AccountTallies(
            [AccountTally.Read(sent[0])],
            sent.Length > 1 ? AccountRecord.Read(sent[1]) : null
        ));
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<PreviewTally>>> PreviewAsync(
        PreviewQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.PreviewAsync(question), () => question.Partitions, cancellationToken);
        return reply.Read<IReadOnlyList<PreviewTally>>(sent => [sent.Read(question.Query, scores)]);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<BandLeaverTally>> FindLeaversAsync(
        BandLeaverQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.FindLeaversAsync(question),
            () => question.Partitions,
            cancellationToken
        );
        return reply.Read(tally => tally);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<TraitTally>> CountTraitsAsync(
        ContrastQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.CountTraitsAsync(question),
            () => question.Partitions,
            cancellationToken
        );
        return reply.Read(sent => TraitTally.Read(sent));
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<GroupTally>> GroupAsync(
        GroupQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.GroupAsync(question), () => question.Partitions, cancellationToken);
        return reply.Read(sent => GroupTally.Read(sent, question.Query));
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IdList>> ListAsync(ListQuestion question, CancellationToken cancellationToken)
    {
        var reply = await AskAsync(() => relay.ListAsync(question), () => question.Partitions, cancellationToken);
        return reply.Read(sent => IdList.Read(sent, question.Query.Order == CustomerOrder.Id, question.Query.Falling));
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<AccountTable>> TallyAccountsAsync(
        AccountListQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.TallyAccountsAsync(question),
            () => question.Partitions,
            cancellationToken
        );
        return reply.Read(sent => AccountTable.Read(sent));
    }

    /// <inheritdoc/>
    public async ValueTask<ListPart?> ReadListAsync(
        string list,
        int offset,
        int size,
        CancellationToken cancellationToken
    )
    {
        try
        {
            return _gone.IsCancellationRequested
                ? null
                : await AnswerAsync(relay.ReadListAsync(list, offset, size), cancellationToken);
        }
        catch (Exception e) when (ClusterFailures.IsOne(e, cancellationToken))
        {
            throw ClusterFailures.OfRead(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<IReadOnlyList<string>>>> FindAccountsAsync(
        AccountSearch search,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.FindAccountsAsync(search), () => search.Partitions, cancellationToken);
        return reply.Read<IReadOnlyList<IReadOnlyList<string>>>(found => found);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<PastAccountMatch>>> FindPastAccountsAsync(
        PastAccountSearch search,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.FindPastAccountsAsync(search),
            () => search.Partitions,
            cancellationToken
        );
        return reply.Read<IReadOnlyList<PastAccountMatch>>(found => found);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<CustomerAdjustment>>> FindAdjustmentsAsync(
        AdjustmentSearch search,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.FindAdjustmentsAsync(search),
            () => search.Partitions,
            cancellationToken
        );
        return reply.Read<IReadOnlyList<CustomerAdjustment>>(found => found);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<FilterHint>>> FindHintsAsync(
        SegmentQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.FindHintsAsync(question), () => question.Partitions, cancellationToken);
        return reply.Read<IReadOnlyList<FilterHint>>(hints => hints);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<HostNames>> ListNamesAsync(
        string workspace,
        IReadOnlyList<int> partitions,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(
            () => relay.ListNamesAsync(workspace, [.. partitions]),
            () => partitions,
            cancellationToken
        );
        return reply.Read(names => names);
    }

    private IEnumerable<int> PartitionsOf(ScoreQuery query)
    {
        var workspace = engine.Host.Workspace(query.Workspace).Name;
        return query.CustomerIds.Select(id => hashes.Of(workspace, id)).Distinct().Order();
    }

    /// <summary>The answer to a question; when the silo does not give one, that it has none of the partitions.</summary>
    private async Task<Reply<T>> AskAsync<T>(
        Func<Task<Reply<T>>> ask,
        Func<IEnumerable<int>> partitions,
        CancellationToken cancellationToken
    )
        where T : class
    {
        if (!_gone.IsCancellationRequested)
        {
            try
            {
                return await AnswerAsync(ask(), cancellationToken);
            }
            catch (Exception e) when (ClusterFailures.IsOne(e, cancellationToken)) { }
        }
        return new(null, [.. partitions()]);
    }

    /// <summary>Waits for an answer, unless the silo is gone or takes too long: then it throws what <see cref="ClusterFailures.IsOne"/> knows.</summary>
    private async Task<T> AnswerAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token, cancellationToken);
        return await call.WaitAsync(options.CallTimeout, either.Token);
    }
}
