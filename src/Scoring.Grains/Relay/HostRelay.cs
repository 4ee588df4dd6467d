using System.Buffers;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Scoring.Core.Accounts;
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
    ) =>
        Aside(async () =>
        {
            var query = new ScoreQuery(workspace, customerIds, model, readTime);
            return Reply<byte[][]>.Of(
                await _host.ScoreAsync(query, modelVersion, CancellationToken.None),
                found => [.. found.Select(score => score is null ? [] : scores.SerializeToArray(score))]
            );
        });

    public Task<Reply<byte[]>> TallyAsync(SegmentQuestion question) =>
        Aside(async () =>
        {
            var query = question.Query;
            var mostScores = question.FewScores ? MostScoresSent : int.MaxValue;
            var answer = await _host.TallyAsync(question, CancellationToken.None);
            return SentByModel(
                answer.Value is { Count: 0 } ? new(null, answer.Absent) : answer,
                (query.Workspace, query.Model, question.ModelVersion),
                (tallies, model) => Written(target => SegmentTally.Write(tallies, query, model, mostScores, target))
            );
        });

    public Task<Reply<byte[][]>> TallyAccountAsync(AccountQuestion question) =>
        Aside(async () =>
            SentByModel<AccountTallies, byte[][]>(
                await _host.TallyAsync(question, CancellationToken.None),
                (question.Query.Workspace, question.Query.Model, question.ModelVersion),
                (found, model) =>
                {
                    var tally = Written(AccountTally.Merge(found.Tallies, model).Write);
                    return found.Account is { } account ? [tally, Written(account.Write)] : [tally];
                }
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

    public Task RefreshAsync() => Task.Run(() => engine.Host.RefreshAsync());

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

    // Not as turns of this service: they would come one after the other between their waits.
    private static Task<T> Aside<T>(Func<Task<T>> answer) => Task.Run(answer);

    /// <summary>What is sent of an answer by a model; where another version came since, that is said.</summary>
    private Reply<TSent> SentByModel<T, TSent>(
        HostAnswer<T> answer,
        (string Workspace, string Name, int Version) asked,
        Func<T, ScoringModel, TSent> write
    )
        where T : class
        where TSent : class
    {
        if (answer.Value is null)
        {
            return new(null, [.. answer.Absent], answer.HasOtherModel);
        }
        var model = engine.Host.Model(asked.Workspace, asked.Name);
        return model.Version == asked.Version
            ? Reply<TSent>.Of(answer, found => write(found, model))
            : new(null, [], HasOtherModel: true);
    }

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var target = new ArrayBufferWriter<byte>(256);
        write(target);
        return target.WrittenSpan.ToArray();
    }
}
