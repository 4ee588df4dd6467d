using System.Buffers;
using Microsoft.Extensions.Logging;
using Orleans.Serialization;
using Scoring.Core.Accounts;
using Scoring.Core.Models;
using Scoring.Core.Scores;
using Scoring.Core.Segments;
using Scoring.Engine.Hosting;
using Scoring.Grains.Placement;
using Scoring.Grains.Stores;

namespace Scoring.Grains.Relay;

/// <inheritdoc cref="IHostRelay"/>
internal sealed class HostRelay(
    GrainId id,
    Silo silo,
    ILoggerFactory loggers,
    ISiloEngine engine,
    ClusterView cluster,
    IPartitionLocations locations,
    Serializer<CustomerScore> scores
) : GrainService(id, silo, loggers), IHostRelay
{
    // About as many bytes as those around a percentile have that are sent of many.
    private const int MostScoresSent = 2_048;

    private readonly IPartitionHost _host = engine.Host;

    public Task<WriteReply> WriteAsync(WriteMessage write) =>
        Aside(async () =>
        {
            var answer = await _host.WriteAsync(write.Write, CancellationToken.None);
            // Whoever sent them still has them.
            write.Write.Release(partition => answer.Absent.Contains(partition));
            return new WriteReply(answer.Value, [.. answer.Absent], answer.HasOtherModel);
        });

    public Task<ScoreReply> ScoreAsync(ScoreMessage question) =>
        Aside(async () =>
        {
            var query = new ScoreQuery(question.Workspace, question.CustomerIds, question.Model, question.ReadTime);
            var answer = await _host.ScoreAsync(query, question.ModelVersion, CancellationToken.None);
            byte[][]? sent = answer.Value is null
                ? null
                : [.. answer.Value.Select(score => score is null ? [] : scores.SerializeToArray(score))];
            return new ScoreReply(sent, [.. answer.Absent], answer.HasOtherModel);
        });

    public Task<TallyReply> TallyAsync(Guid asked, SegmentQuestion question) =>
        Aside(async () =>
        {
            var answer = await _host.TallyAsync(question, CancellationToken.None);
            if (answer.Value is not { Count: > 0 } tallies)
            {
                return new TallyReply(null, [.. answer.Absent], answer.HasOtherModel);
            }
            if (ModelOf(question.Query.Workspace, question.Query.Model, question.ModelVersion) is not { } model)
            {
                return new TallyReply(null, [], HasOtherModel: true);
            }
            var mostScores = question.FewScores ? MostScoresSent : int.MaxValue;
            var sent = Written(target => SegmentTally.Write(tallies, question.Query, model, mostScores, target));
            return new TallyReply(sent, [.. answer.Absent], answer.HasOtherModel);
        });

    public Task<AccountReply> TallyAccountAsync(AccountQuestion question) =>
        Aside(async () =>
        {
            var answer = await _host.TallyAsync(question, CancellationToken.None);
            if (answer.Value is not { } found)
            {
                return new AccountReply(null, null, [.. answer.Absent], answer.HasOtherModel);
            }
            if (ModelOf(question.Query.Workspace, question.Query.Model, question.ModelVersion) is not { } model)
            {
                return new AccountReply(null, null, [], HasOtherModel: true);
            }
            var tally = Written(AccountTally.Merge(found.Tallies, model).Write);
            var account = found.Account is { } record ? Written(record.Write) : null;
            return new AccountReply(tally, account, [.. answer.Absent], answer.HasOtherModel);
        });

    public Task<HintReply> FindHintsAsync(SegmentQuestion question) =>
        Aside(async () =>
        {
            var answer = await _host.FindHintsAsync(question, CancellationToken.None);
            return new HintReply(answer.Value?.ToArray(), [.. answer.Absent], answer.HasOtherModel);
        });

    public Task<NameReply> ListNamesAsync(string workspace, int[] partitions) =>
        Aside(async () =>
        {
            var answer = await _host.ListNamesAsync(workspace, partitions, CancellationToken.None);
            return new NameReply(
                answer.Value?.Names.ToArray(),
                answer.Value?.Rooms.ToArray(),
                answer.Value?.Reserved.Select(names => names?.ToArray()).ToArray(),
                [.. answer.Absent],
                answer.HasOtherModel
            );
        });

    public Task RefreshAsync() => Task.Run(() => engine.RefreshAsync());

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

    /// <summary>The model that was asked for; null when another version came since.</summary>
    private ScoringModel? ModelOf(string workspace, string name, int version) =>
        engine.Model(workspace, name) is var model && model.Version == version ? model : null;

    private static byte[] Written(Action<IBufferWriter<byte>> write)
    {
        var target = new ArrayBufferWriter<byte>(256);
        write(target);
        return target.WrittenSpan.ToArray();
    }
}
