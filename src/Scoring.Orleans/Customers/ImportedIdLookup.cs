using Microsoft.Extensions.Logging;
using Npgsql;
using NpgsqlTypes;
using Scoring.Cluster.Storage;
using Scoring.Core.Time;
using Scoring.Postgres;

namespace Scoring.Cluster.Customers;

/// <summary>The event ids that a standalone store brought along, for as long as they are remembered. Any number of grains ask at a time.</summary>
/// <remarks>
/// They do not say whose they are, so no customer's window can hold them. All are remembered for <see cref="ClusterOptions.DuplicateWindow"/> from
/// the start of the first silo on: however long the move took, whoever sends again what the standalone server acknowledged is told so. A
/// silo keeps 16 bits of memory for each, which tell most that are new from those that the store must be asked for.
/// </remarks>
internal sealed partial class ImportedIdLookup(
    NpgsqlDataSource source,
    DocumentTable documents,
    ClusterOptions options,
    ILogger<ImportedIdLookup> logger
) : IDisposable
{
    private const int RemovedTogether = 10_000;
    private static readonly TimeSpan RetryAfter = TimeSpan.FromMinutes(1);
    private static readonly Dictionary<UInt128, ulong> None = [];
    private readonly CancellationTokenSource _stopping = new();
    private IdFilter? _filter;
    private long _untilTicks;

    /// <summary>Whether any are remembered.</summary>
    public bool AreRemembered => Volatile.Read(ref _filter) is not null && Now < _untilTicks;

    private long Now => Instant.From(options.TimeProvider.GetUtcNow()).Ticks;

    /// <summary>Finds out what is to be remembered.</summary>
    public async Task StartAsync(CancellationToken cancellationToken)
    {
        if (await BeginAsync(cancellationToken) is not { UntilTicks: { } until } imported)
        {
            return;
        }
        if (Now < until)
        {
            _untilTicks = until;
            Volatile.Write(ref _filter, await LoadAsync(imported.Count, cancellationToken));
        }
        _ = RemoveAsync(until, _stopping.Token);
    }

    /// <summary>Which of some keys are remembered, and with what content.</summary>
    /// <param name="keys">Keys of events without their workspace.</param>
    /// <param name="workspaceKey">What the workspace adds to them.</param>
    public async ValueTask<IReadOnlyDictionary<UInt128, ulong>> FindAsync(
        IEnumerable<UInt128> keys,
        UInt128 workspaceKey
    )
    {
        if (Volatile.Read(ref _filter) is not { } filter || !AreRemembered)
        {
            return None;
        }
        var wanted = keys.Select(key => key ^ workspaceKey)
            .Where(filter.MayContain)
            .Select(ImportedIds.ToGuid)
            .ToArray();
        if (wanted.Length == 0)
        {
            return None;
        }
        try
        {
            return await AskAsync(wanted, workspaceKey);
        }
        catch (Exception e) when (StoreFailures.IsOne(e))
        {
            throw StoreFailures.OfRead(e);
        }
    }

    public void Dispose()
    {
        _stopping.Cancel();
        _stopping.Dispose();
    }

    /// <summary>Has the time begin that they are remembered for, unless it has begun.</summary>
    private async Task<ImportedIds?> BeginAsync(CancellationToken cancellationToken)
    {
        while (true)
        {
            var (version, content) = await documents.ReadAsync(DocumentKinds.ImportedIds, [], cancellationToken);
            if (version == 0)
            {
                return null;
            }
            var imported = ImportedIds.Read(content);
            if (imported.UntilTicks is not null)
            {
                return imported;
            }
            var begun = imported with { UntilTicks = Now + options.DuplicateWindow.Ticks };
            if (await documents.WriteAsync(DocumentKinds.ImportedIds, [], version, begun.Write(), cancellationToken))
            {
                return begun;
            }
        }
    }

    private async Task<IdFilter> LoadAsync(long count, CancellationToken cancellationToken)
    {
        var filter = new IdFilter(count);
        await using var connection = await source.OpenConnectionAsync(cancellationToken);
        await using var reader = await connection.BeginBinaryExportAsync(
            "COPY scoring_imported_id (key) TO STDOUT (FORMAT BINARY)",
            cancellationToken
        );
        while (await reader.StartRowAsync(cancellationToken) > 0)
        {
            filter.Add(ImportedIds.FromGuid(await reader.ReadAsync<Guid>(NpgsqlDbType.Uuid, cancellationToken)));
        }
        return filter;
    }

    private async Task<Dictionary<UInt128, ulong>> AskAsync(Guid[] keys, UInt128 workspaceKey)
    {
        await using var command = source.CreateCommand(
            "SELECT key, content FROM scoring_imported_id WHERE key = ANY (@keys)"
        );
        command.Parameters.Add(new("keys", NpgsqlDbType.Array | NpgsqlDbType.Uuid) { Value = keys });
        await using var reader = await command.ExecuteReaderAsync();
        var found = new Dictionary<UInt128, ulong>();
        while (await reader.ReadAsync())
        {
            found[ImportedIds.FromGuid(reader.GetGuid(0)) ^ workspaceKey] = unchecked((ulong)reader.GetInt64(1));
        }
        return found;
    }

    /// <summary>Forgets them when their time is over, and removes them from the store, which any silo may do and none must.</summary>
    private async Task RemoveAsync(long untilTicks, CancellationToken cancellationToken)
    {
        try
        {
            while (untilTicks - Now is var left and > 0)
            {
                // A single wait must not be longer than some weeks.
                var wait = TimeSpan.FromTicks(Math.Min(left, TimeSpan.TicksPerDay));
                await Task.Delay(wait, options.TimeProvider, cancellationToken);
            }
            Volatile.Write(ref _filter, null);
            while (await TryRemoveAsync(cancellationToken)) { }
        }
        catch (OperationCanceledException)
        {
            // The silo stops; what is left is removed by another, or after the next start.
        }
    }

    /// <summary>Removes some; false when none are left.</summary>
    private async Task<bool> TryRemoveAsync(CancellationToken cancellationToken)
    {
        try
        {
            await using var command = source.CreateCommand(
                $"DELETE FROM scoring_imported_id WHERE ctid = ANY (ARRAY(SELECT ctid FROM scoring_imported_id LIMIT {RemovedTogether}))"
            );
            return await command.ExecuteNonQueryAsync(cancellationToken) > 0;
        }
        catch (Exception e) when (StoreFailures.IsOne(e) || e is ObjectDisposedException)
        {
            LogNotRemoved(e);
            await Task.Delay(RetryAfter, options.TimeProvider, cancellationToken);
            return true;
        }
    }

    [LoggerMessage(
        Level = LogLevel.Warning,
        Message = "Event ids of the standalone store that are no longer needed could not be removed; this is tried again."
    )]
    private partial void LogNotRemoved(Exception error);
}
