using System.Runtime.CompilerServices;
using Scoring.Core;
using Scoring.Core.Names;
using Scoring.Core.Recording;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;
using Scoring.Engine.Workspaces;

namespace Scoring.Engine.Hosting;

/// <summary>Has writes done by the hosts that have the partitions concerned.</summary>
internal sealed class RoutedWrites(PartitionHost local, IPartitionMap map)
{
    /// <summary>Has a command about names applied in every partition.</summary>
    public async Task WriteNamesAsync(EngineWorkspace workspace, CommandKind kind, IReadOnlyCollection<KnownName> names)
    {
        var parts = Enumerable
            .Range(0, local.Partitions)
            .Select(partition =>
            {
                var payload = new BlobWriter();
                NamesCodec.Write(payload, names);
                return new HostPart(partition, payload);
            });
        await WriteAsync(workspace, kind, [.. parts], CancellationToken.None);
    }

    /// <summary>Writes a batch, whose commands are divided by partition.</summary>
    public ValueTask<WriteResult> WriteAsync<T>(
        string workspaceName,
        CommandKind kind,
        T batch,
        Func<T, EngineWorkspace, int, IReadOnlyList<HostPart>> split,
        CancellationToken cancellationToken
    )
    {
        var workspace = local.Workspaces.Get(workspaceName);
        cancellationToken.ThrowIfCancellationRequested();
        return WriteAsync(workspace, kind, split(batch, workspace, local.Partitions), cancellationToken);
    }

    /// <summary>Writes commands.</summary>
    public ValueTask<WriteResult> WriteAsync(
        EngineWorkspace workspace,
        CommandKind kind,
        IReadOnlyList<HostPart> parts,
        CancellationToken cancellationToken
    )
    {
        if (parts.Count == 0)
        {
            return new(new WriteResult(0, 0, [], local.Durability));
        }
        var write = new HostWrite(workspace.Settings.Name, kind, parts);
        return AreTogether(parts)
            ? WriteTogetherAsync(write, cancellationToken)
            : WriteApartAsync(write, first: null, cancellationToken);
    }

    private bool AreTogether(IReadOnlyList<HostPart> parts)
    {
        var host = map.HostOf(parts[0].Partition);
        for (var i = 1; i < parts.Count; i++)
        {
            if (map.HostOf(parts[i].Partition) != host)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>Writes what one host has; the way that most writes go, and all where there is one host.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<WriteResult> WriteTogetherAsync(HostWrite write, CancellationToken cancellationToken)
    {
        var answer = await map.HostOf(write.Parts[0].Partition).WriteAsync(write, cancellationToken);
        return answer.Absent.Count == 0 ? answer.Value! : await WriteApartAsync(write, answer, cancellationToken);
    }

    /// <summary>Writes what several hosts have, or what the first that was asked did not have.</summary>
    private async ValueTask<WriteResult> WriteApartAsync(
        HostWrite write,
        HostAnswer<WriteResult>? first,
        CancellationToken cancellationToken
    )
    {
        var waiting = new RouterWait(local, map);
        var written = new List<WriteResult>();
        var answers = first is null ? await AskAsync(write, isWritten: false, cancellationToken) : [first];
        while (true)
        {
            written.AddRange(answers.Select(answer => answer.Value).OfType<WriteResult>());
            int[] absent = [.. answers.SelectMany(answer => answer.Absent).Distinct()];
            if (absent.Length == 0)
            {
                return Merge(written);
            }
            write = write with { Parts = [.. write.Parts.Where(part => absent.Contains(part.Partition))] };
            try
            {
                await waiting.ForAsync(absent, cancellationToken);
            }
            catch
            {
                write.Release(_ => true);
                throw;
            }
            answers = await AskAsync(write, written.Count > 0, cancellationToken);
        }
    }

    /// <summary>Has several hosts write. When some of them fail and others have written, or may have, it is not known what was taken.</summary>
    private async Task<HostAnswer<WriteResult>[]> AskAsync(
        HostWrite write,
        bool isWritten,
        CancellationToken cancellationToken
    )
    {
        List<Task<HostAnswer<WriteResult>>> answers =
        [
            .. write
                .Parts.GroupBy(part => map.HostOf(part.Partition))
                .Select(parts => parts.Key.WriteAsync(write with { Parts = [.. parts] }, cancellationToken).AsTask()),
        ];
        try
        {
            return await Task.WhenAll(answers);
        }
        catch (ScoringException e)
            when (e.Error != ScoringError.Unavailable && (isWritten || !answers.TrueForAll(answer => answer.IsFaulted)))
        {
            throw StoreErrors.TryAgain(
                $"One of several servers did not take its part, others have: {e.Message} Retry with the same event ids.",
                (int)(e.RetryAfter?.TotalMilliseconds ?? 100),
                e
            );
        }
    }

    /// <summary>One result of several parts of a write.</summary>
    public static WriteResult Merge(IReadOnlyList<WriteResult> written) =>
        written is [var only]
            ? only
            : new(
                written.Sum(w => w.Accepted),
                written.Sum(w => w.Duplicates),
                [.. written.SelectMany(w => w.Rejections).OrderBy(r => r.Index)],
                written[0].Durability
            );
}
