using Orleans.Serialization;
using Scoring.Core;
using Scoring.Core.Accounts;
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
    ISiloEngine engine,
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
        WriteReply reply;
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
        return new(reply.Result, reply.Absent, reply.HasOtherModel);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<CustomerScore?>>> ScoreAsync(
        ScoreQuery query,
        int modelVersion,
        CancellationToken cancellationToken
    )
    {
        string[] ids = [.. query.CustomerIds];
        var question = new ScoreMessage(query.Workspace, ids, query.Model, modelVersion, query.ReadTime);
        var reply = await AskAsync(() => relay.ScoreAsync(question), cancellationToken);
        if (reply is null)
        {
            var workspace = engine.Workspace(query.Workspace).Name;
            return new(null, [.. ids.Select(id => hashes.Of(workspace, id)).Distinct().Order()]);
        }
        IReadOnlyList<CustomerScore?>? found = reply.Scores is null
            ? null
            : Array.ConvertAll(reply.Scores, sent => sent.Length == 0 ? null : scores.Deserialize(sent));
        return new(found, reply.Absent, reply.HasOtherModel);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<SegmentTally>>> TallyAsync(
        SegmentQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.TallyAsync(Guid.Empty, question), cancellationToken);
        if (reply?.Tally is null)
        {
            return new(null, reply?.Absent ?? question.Partitions, reply?.HasOtherModel ?? false);
        }
        try
        {
            return new([SegmentTally.Read(reply.Tally, question.Query)], reply.Absent, reply.HasOtherModel);
        }
        catch (InvalidDataException e)
        {
            // A silo of the version before, until it is replaced.
            throw ClusterFailures.OfRead(e);
        }
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<AccountTallies>> TallyAsync(
        AccountQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.TallyAccountAsync(question), cancellationToken);
        if (reply?.Tally is null)
        {
            return new(null, reply?.Absent ?? question.Partitions, reply?.HasOtherModel ?? false);
        }
        var model = engine.Model(question.Query.Workspace, question.Query.Model);
        if (model.Version != question.ModelVersion)
        {
            // Another one came here since the question was made; what was answered goes by the one before.
            return new(null, [], HasOtherModel: true);
        }
        var account = reply.Account is null ? null : AccountRecord.Read(reply.Account);
        return new(new AccountTallies([AccountTally.Read(reply.Tally, model)], account), reply.Absent);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<IReadOnlyList<FilterHint>>> FindHintsAsync(
        SegmentQuestion question,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.FindHintsAsync(question), cancellationToken);
        return reply is null ? new(null, question.Partitions) : new(reply.Hints, reply.Absent, reply.HasOtherModel);
    }

    /// <inheritdoc/>
    public async ValueTask<HostAnswer<HostNames>> ListNamesAsync(
        string workspace,
        IReadOnlyList<int> partitions,
        CancellationToken cancellationToken
    )
    {
        var reply = await AskAsync(() => relay.ListNamesAsync(workspace, [.. partitions]), cancellationToken);
        return reply?.Names is null
            ? new(null, reply?.Absent ?? partitions, reply?.HasOtherModel ?? false)
            : new(new HostNames(reply.Names, reply.Rooms!, reply.Reserved!), reply.Absent, reply.HasOtherModel);
    }

    /// <summary>The answer to a question; null when the silo does not give one.</summary>
    private async Task<T?> AskAsync<T>(Func<Task<T>> ask, CancellationToken cancellationToken)
        where T : class?
    {
        if (_gone.IsCancellationRequested)
        {
            return null;
        }
        try
        {
            return await AnswerAsync(ask(), cancellationToken);
        }
        catch (Exception e) when (ClusterFailures.IsOne(e, cancellationToken))
        {
            return null;
        }
    }

    /// <summary>Waits for an answer, unless the silo is gone or takes too long: then it throws what <see cref="ClusterFailures.IsOne"/> knows.</summary>
    private async Task<T> AnswerAsync<T>(Task<T> call, CancellationToken cancellationToken)
    {
        using var either = CancellationTokenSource.CreateLinkedTokenSource(_gone.Token, cancellationToken);
        return await call.WaitAsync(options.CallTimeout, either.Token);
    }
}
