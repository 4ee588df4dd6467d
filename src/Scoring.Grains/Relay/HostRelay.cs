using System.Buffers;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Scoring.Core.Accounts;
using Scoring.Core.Adjustments;
using Scoring.Core.Customers;
using Scoring.Core.History;
using Scoring.Core.Models;
using Scoring.Core.Recording;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Core.Time;
using Scoring.Engine;
using Scoring.Engine.Hosting;
using Scoring.Grains.Placement;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Relay;

/// <inheritdoc cref="IHostRelay"/>
internal sealed class HostRelay(
    GrainId id,
    Silo silo,
    ILoggerFactory loggers,
    HostedEngine engine,
    ClusterView cluster,
    IPartitionLocations locations,
    Serializer<CustomerScore> scores
) : GrainService(id, silo, loggers), IHostRelay
{
    // About as many bytes as those around a percentile have that are sent of many.
    private const int MostScoresSent = 2_048;

    private readonly PartitionHost _host = engine.Host;

    public Task<Reply<WriteResult>> WriteAsync(WriteMessage write) =>
        Aside(async () =>
        {
            var answer = await _host.WriteAsync(write.Write, CancellationToken.None);
            // Whoever sent them still has them.
            write.Write.Release(partition => answer.Absent.Contains(partition));
            return Reply<WriteResult>.Of(answer, result => result);
        });

    public Task<Reply<byte[][]>> ScoreAsync(
        string workspace,
        string[] customerIds,
        string model,
        int modelVersion,
        Instant? readTime
    ) => ScoreAsync(new ScoreQuery(workspace, customerIds, model, readTime), modelVersion);

    public Task<Reply<byte[][]>> ScoreOrNewestAsync(
        string workspace,
        string[] customerIds,
        string model,
        int modelVersion,
        Instant readTime
    ) => ScoreAsync(new ScoreQuery(workspace, customerIds, model, readTime, OrNewest: true), modelVersion);

    public Task<Reply<CustomerDetails[]>> DescribeCustomerAsync(string workspace, string customerId) =>
        Aside(async () =>
            Reply<CustomerDetails[]>.Of(
                await _host.DescribeCustomerAsync(workspace, customerId, CancellationToken.None),
                found => [.. found]
            )
        );

    public Task<Reply<byte[][]>> ReadPastAsync(string workspace, string customerId) =>
        Aside(async () =>
            Reply<byte[][]>.Of(
                await _host.ReadPastAsync(workspace, customerId, CancellationToken.None),
                found => [.. found.Select(past => Written(target => CustomerPastCodec.Write(past, target)))]
            )
        );

    public Task<Reply<byte[][]>> TallyPastAsync(PastSegmentQuestion question) =>
        TalliedAsync(
            () => _host.TallyPastAsync(question, CancellationToken.None),
            (question.Query.Workspace, question.Query.Model, question.ModelVersion),
            (times, model) =>
                times
                    .Select(tallies =>
                        Written(target =>
                            SegmentTally.Write(tallies, question.Query, model, MostScores(question.FewScores), target)
                        )
                    )
                    .ToArray()
        );

    public Task<Reply<PastMarks>> MarkPastAsync(PastMarkQuestion question) =>
        Aside(async () =>
            Reply<PastMarks>.Of(await _host.MarkPastAsync(question, CancellationToken.None), marks => marks)
        );

    public Task<Reply<SegmentChangeTally>> TallyChangeAsync(SegmentChangeQuestion question) =>
        Aside(async () =>
            Reply<SegmentChangeTally>.Of(await _host.TallyChangeAsync(question, CancellationToken.None), tally => tally)
        );

    public Task<Reply<byte[][]>> TallyPastAccountAsync(PastAccountQuestion question) =>
        Aside(async () =>
            Reply<byte[][]>.Of(
                await _host.TallyPastAsync(question, CancellationToken.None),
                found =>
                    [
                        .. found.Tallies.Select(tally => tally.Write()),
                        .. found.Account is { } account
                            ? [Written(target => CustomerPastCodec.Write(account, target))]
                            : Array.Empty<byte[]>(),
                    ]
            )
        );

    public Task<Reply<byte[][]>> TallyAccountChangeAsync(AccountChangeQuestion question) =>
        Aside(async () =>
            Reply<byte[][]>.Of(
                await _host.TallyChangeAsync(question, CancellationToken.None),
                found =>
                    [
                        found.Tally.Write(),
                        .. found.Account is { } account
                            ? [Written(target => CustomerPastCodec.Write(account, target))]
                            : Array.Empty<byte[]>(),
                    ]
            )
        );

    public Task<Reply<byte[][]>> EvaluateAsync(EvaluationQuestion question) =>
        Aside(async () =>
            Reply<byte[][]>.Of(
                await _host.EvaluateAsync(question, CancellationToken.None),
                parts => [.. parts.Select(part => part.Write())]
            )
        );

    public Task<Reply<EventReply>> ExportAsync(EventExportQuestion question) =>
        Aside(async () =>
            Reply<EventReply>.Of(await _host.ExportAsync(question, CancellationToken.None), EventReply.Of)
        );

    public Task<Reply<MergedCustomer?[]>> FindMergedAsync(string workspace, string[] customerIds) =>
        Aside(async () =>
            Reply<MergedCustomer?[]>.Of(
                await _host.FindMergedAsync(workspace, customerIds, CancellationToken.None),
                found => [.. found]
            )
        );

    public Task<Reply<AccountDetails>> DescribeAccountAsync(string workspace, string accountId, int[] partitions) =>
        Aside(async () =>
            Reply<AccountDetails>.Of(
                await _host.DescribeAccountAsync(workspace, accountId, partitions, CancellationToken.None),
                account => account
            )
        );

    public Task<Reply<byte[]>> TallyAsync(SegmentQuestion question) =>
        TalliedAsync(
            () => _host.TallyAsync(question, CancellationToken.None),
            (question.Query.Workspace, question.Query.Model, question.ModelVersion),
            (tallies, model) =>
                Written(target =>
                    SegmentTally.Write(tallies, question.Query, model, MostScores(question.FewScores), target)
                )
        );

    public Task<Reply<PreviewReply>> PreviewAsync(PreviewQuestion question) =>
        TalliedAsync(
            () => _host.PreviewAsync(question, CancellationToken.None),
            (question.Query.Workspace, question.Query.Model, question.ModelVersion),
            (tallies, model) => PreviewReply.Of(tallies, question, model, MostScores(question.FewScores), scores)
        );

    public Task<Reply<byte[][]>> TallyAccountAsync(AccountQuestion question) =>
        Aside(async () =>
            Reply<byte[][]>.Of(
                await _host.TallyAsync(question, CancellationToken.None),
                found =>
                    found.Tallies.Count == 0 ? null
                    : found.Account is { } account ? [AccountTally.Merge(found.Tallies).Write(), Written(account.Write)]
                    : [AccountTally.Merge(found.Tallies).Write()]
            )
        );

    public Task<Reply<BandLeaverTally>> FindLeaversAsync(BandLeaverQuestion question) =>
        Aside(async () =>
            Reply<BandLeaverTally>.Of(await _host.FindLeaversAsync(question, CancellationToken.None), tally => tally)
        );

    public Task<Reply<byte[]>> CountTraitsAsync(ContrastQuestion question) =>
        Aside(async () =>
            Reply<byte[]>.Of(
                await _host.CountTraitsAsync(question, CancellationToken.None),
                tally => Written(tally.Write)
            )
        );

    public Task<Reply<byte[]>> GroupAsync(GroupQuestion question) =>
        Aside(async () =>
            Reply<byte[]>.Of(await _host.GroupAsync(question, CancellationToken.None), tally => Written(tally.Write))
        );

    public Task<Reply<byte[]>> ListAsync(ListQuestion question) =>
        Aside(async () =>
            Reply<byte[]>.Of(await _host.ListAsync(question, CancellationToken.None), list => Written(list.Write))
        );

    public Task<Reply<byte[]>> TallyAccountsAsync(AccountListQuestion question) =>
        Aside(async () =>
            Reply<byte[]>.Of(await _host.TallyAccountsAsync(question, CancellationToken.None), table => table.Write())
        );

    public Task<ListPart?> ReadListAsync(string list, int offset, int size) =>
        Aside(async () => await _host.ReadListAsync(list, offset, size, CancellationToken.None));

    public Task<Reply<string[][]>> FindAccountsAsync(AccountSearch search) =>
        Aside(async () =>
            Reply<string[][]>.Of(
                await _host.FindAccountsAsync(search, CancellationToken.None),
                found => [.. found.Select(ids => ids.ToArray())]
            )
        );

    public Task<Reply<PastAccountMatch[]>> FindPastAccountsAsync(PastAccountSearch search) =>
        Aside(async () =>
            Reply<PastAccountMatch[]>.Of(
                await _host.FindPastAccountsAsync(search, CancellationToken.None),
                found => [.. found]
            )
        );

    public Task<Reply<CustomerAdjustment[]>> FindAdjustmentsAsync(AdjustmentSearch search) =>
        Aside(async () =>
            Reply<CustomerAdjustment[]>.Of(
                await _host.FindAdjustmentsAsync(search, CancellationToken.None),
                found => [.. found]
            )
        );

    public Task<Reply<FilterHint[]>> FindHintsAsync(SegmentQuestion question) =>
        Aside(async () =>
            Reply<FilterHint[]>.Of(await _host.FindHintsAsync(question, CancellationToken.None), hints => [.. hints])
        );

    public Task<Reply<HostNames>> ListNamesAsync(string workspace, int[] partitions) =>
        Aside(async () =>
            Reply<HostNames>.Of(
                await _host.ListNamesAsync(workspace, partitions, CancellationToken.None),
                names => names
            )
        );

    public Task RefreshAsync() => Task.Run(() => _host.RefreshAsync());

    public Task OpenedAsync(SiloAddress silo, int[] partitions)
    {
        foreach (var partition in partitions)
        {
            locations.Learn(partition, silo);
        }
        return Task.CompletedTask;
    }

    public Task LeavesAsync(SiloAddress silo)
    {
        cluster.Leave(silo);
        return Task.CompletedTask;
    }

    private Task<Reply<byte[][]>> ScoreAsync(ScoreQuery query, int modelVersion) =>
        Aside(async () =>
            Reply<byte[][]>.Of(
                await _host.ScoreAsync(query, modelVersion, CancellationToken.None),
                found => [.. found.Select(score => score is null ? [] : scores.SerializeToArray(score))]
            )
        );

    private static int MostScores(bool few) => few ? MostScoresSent : int.MaxValue;

    /// <summary>What is sent of tallies, which depends on the model that they were made by.</summary>
    private Task<Reply<TSent>> TalliedAsync<TTally, TSent>(
        Func<ValueTask<HostAnswer<IReadOnlyList<TTally>>>> tally,
        (string Workspace, string Name, int Version) by,
        Func<IReadOnlyList<TTally>, ScoringModel, TSent> write
    )
        where TSent : class =>
        Aside(async () =>
        {
            var answer = await tally();
            if (answer.Value is not { Count: > 0 } tallies)
            {
                return new Reply<TSent>(null, [.. answer.Absent], answer.HasOtherModel);
            }
            var model = _host.Model(by.Workspace, by.Name);
            // It may have come since the tallies were made.
            return model.Version == by.Version
                ? new Reply<TSent>(write(tallies, model), [.. answer.Absent])
                : new Reply<TSent>(null, [], HasOtherModel: true);
        });

    // Not as turns of this service: they would come one after the other between their waits.
    private static Task<T> Aside<T>(Func<Task<T>> answer) => Task.Run(answer);

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var target = new ArrayBufferWriter<byte>(256);
        write(target);
        return target.WrittenSpan.ToArray();
    }
}
