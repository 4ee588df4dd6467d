using Microsoft.Extensions.Logging;
using Npgsql;
using Scoring.Core;
using Scoring.Postgres;

namespace Scoring.Cluster.Hosting;

/// <summary>Says in the store, as long as the silo runs, that it is used, so that nobody moves what is in it.</summary>
/// <remarks>
/// The claim is held by a connection and gone with it. It is taken again at once when the connection is lost, as often as it takes. Where
/// somebody began to move everything in between, the silo must stop: what it records from then on would stay behind.
/// </remarks>
public sealed partial class StoreClaimKeeper : IAsyncDisposable
{
    // A connection that ends says so; one whose other end is gone without a word is found by asking.
    private static readonly TimeSpan AskEvery = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(5);
    private const int SecondsToAnswer = 5;

    private readonly ILogger<StoreClaimKeeper> _logger;
    private readonly string _connection;
    private readonly bool _isAlone;
    private readonly TaskCompletionSource<ScoringException> _mustStop = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );
    private readonly CancellationTokenSource _stopping = new();
    private Task _keeping = Task.CompletedTask;

    /// <summary>A claim that is not taken yet.</summary>
    public StoreClaimKeeper(ClusterOptions options, ILogger<StoreClaimKeeper> logger)
    {
        (_logger, _isAlone) = (logger, options.IsAlone);
        // Not of the pool: whoever waits for one of those does not keep it from being taken again.
        _connection = new NpgsqlConnectionStringBuilder(options.ConnectionString)
        {
            Pooling = false,
            Timeout = SecondsToAnswer,
            CommandTimeout = SecondsToAnswer,
        }.ConnectionString;
    }

    /// <summary>Ends when the silo must stop, and says why.</summary>
    public Task<ScoringException> MustStop => _mustStop.Task;

    /// <summary>Takes the claim, and keeps it from then on.</summary>
    /// <exception cref="ScoringException">What is in the store is being moved, or belongs to other silos.</exception>
    internal async Task TakeAsync(CancellationToken cancellationToken) =>
        _keeping = KeepAsync(await TryTakeAsync(cancellationToken), _stopping.Token);

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        if (!_stopping.IsCancellationRequested)
        {
            await _stopping.CancelAsync();
            await _keeping;
            _stopping.Dispose();
        }
    }

    private async Task KeepAsync(NpgsqlConnection claim, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                await using (claim)
                {
                    await UntilLostAsync(claim, stopping);
                }
                claim = await TakeAgainAsync(stopping);
            }
        }
        catch (Exception) when (stopping.IsCancellationRequested)
        {
            // The silo stops anyway.
        }
        catch (ScoringException e)
        {
            _mustStop.SetResult(
                new ScoringException(
                    e.Error,
                    $"The connection that holds this silo's claim to its database was lost, and the claim with it. {e.Message}",
                    e
                )
            );
        }
    }

    private async Task UntilLostAsync(NpgsqlConnection claim, CancellationToken stopping)
    {
        try
        {
            while (true)
            {
                if (!await claim.WaitAsync(AskEvery, stopping))
                {
                    await using var ask = new NpgsqlCommand("SELECT 1", claim);
                    await ask.ExecuteNonQueryAsync(stopping);
                }
            }
        }
        catch (Exception e) when (!stopping.IsCancellationRequested)
        {
            Lost(_logger, e.Message);
        }
    }

    /// <summary>Tries until PostgreSQL answers.</summary>
    private async Task<NpgsqlConnection> TakeAgainAsync(CancellationToken stopping)
    {
        for (var pause = FirstPause; ; pause = 2 * pause < LongestPause ? 2 * pause : LongestPause)
        {
            try
            {
                var claim = await TryTakeAsync(stopping);
                TakenAgain(_logger);
                return claim;
            }
            catch (Exception e) when (e is not ScoringException && !stopping.IsCancellationRequested)
            {
                NotTaken(_logger, e.Message, pause.TotalSeconds);
            }
            await Task.Delay(pause, stopping);
        }
    }

    private async Task<NpgsqlConnection> TryTakeAsync(CancellationToken cancellationToken)
    {
        var connection = new NpgsqlConnection(_connection);
        try
        {
            await connection.OpenAsync(cancellationToken);
            if (!await StoreClaim.TryShareAsync(connection, cancellationToken))
            {
                throw Refused(
                    "'scoring migrate' is moving what is in this database. Start the silo when that is done."
                );
            }
            if (!await StoreClaim.TryJoinAsync(connection, _isAlone, cancellationToken))
            {
                throw Refused(
                    _isAlone
                        ? "Another silo uses this database, and a silo with Silo:Clustering=localhost must have it alone. Stop that one, or start both "
                            + "with Silo:Clustering=postgres."
                        : "A silo with Silo:Clustering=localhost uses this database, and must have it alone. Stop it, or start it with "
                            + "Silo:Clustering=postgres too."
                );
            }
            return connection;
        }
        catch
        {
            await connection.DisposeAsync();
            throw;
        }
    }

    private static ScoringException Refused(string message) => new(ScoringError.Unavailable, message);

    [LoggerMessage(
        LogLevel.Warning,
        "The connection that holds this silo's claim to its database was lost, and is made again: {Why}"
    )]
    private static partial void Lost(ILogger logger, string why);

    [LoggerMessage(
        LogLevel.Warning,
        "The connection that holds this silo's claim to its database cannot be made; the next attempt is in {Pause} s: {Why}"
    )]
    private static partial void NotTaken(ILogger logger, string why, double pause);

    [LoggerMessage(LogLevel.Information, "The connection that holds this silo's claim to its database is there again.")]
    private static partial void TakenAgain(ILogger logger);
}
