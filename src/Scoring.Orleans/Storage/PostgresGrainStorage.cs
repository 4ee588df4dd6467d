using System.Globalization;
using Orleans.Storage;
using Scoring.Cluster.Customers;
using Scoring.Postgres;

namespace Scoring.Cluster.Storage;

/// <summary>Grain state in tables of this product's own, each with a primary key and a version that fences off who has read an older one.</summary>
/// <remarks>
/// The ETag is the version. Orleans' own script for PostgreSQL has no unique key, so that two activations that both write for the first time
/// would both succeed.
/// </remarks>
internal sealed class PostgresGrainStorage(CustomerReader reader, CustomerWriter writer, DocumentTable documents)
    : IGrainStorage
{
    /// <summary>The name that grains ask for it by.</summary>
    public const string Name = "scoring";

    /// <inheritdoc/>
    public async Task ReadStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        try
        {
            var version = grainState switch
            {
                IGrainState<CustomerState> state => await ReadAsync(grainId, state),
                IGrainState<Document> state => await ReadAsync(stateName, grainId, state),
                _ => throw NotKept<T>(),
            };
            grainState.ETag = ETag(version);
            grainState.RecordExists = version > 0;
        }
        catch (Exception e) when (StoreFailures.IsOne(e))
        {
            throw StoreFailures.OfRead(e);
        }
    }

    /// <inheritdoc/>
    public async Task WriteStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState)
    {
        var expected = Version(grainState.ETag);
        var isThere = grainState switch
        {
            // Not a turn of the grain for each step on the way back: it writes one thing at a time and waits for this.
            IGrainState<CustomerState> state => await WriteAsync(grainId, expected, state.State!).ConfigureAwait(false),
            IGrainState<Document> state => await WriteAsync(stateName, grainId, expected, state.State!)
                .ConfigureAwait(false),
            _ => throw NotKept<T>(),
        };
        if (!isThere)
        {
            throw new InconsistentStateException(
                $"{grainId} was written by another activation since this one read it.",
                "another version",
                grainState.ETag
            );
        }
        grainState.ETag = ETag(expected + 1);
        grainState.RecordExists = true;
    }

    /// <inheritdoc/>
    public Task ClearStateAsync<T>(string stateName, GrainId grainId, IGrainState<T> grainState) =>
        throw new NotSupportedException("Nothing is ever cleared.");

    /// <summary>The version that an ETag stands for; 0 for none.</summary>
    public static long Version(string? etag) => etag is null ? 0 : long.Parse(etag, CultureInfo.InvariantCulture);

    private static string? ETag(long version) => version == 0 ? null : version.ToString(CultureInfo.InvariantCulture);

    private async Task<long> ReadAsync(GrainId grainId, IGrainState<CustomerState> state)
    {
        (var version, state.State) = await reader.ReadAsync(CustomerKey.Of(grainId));
        return version;
    }

    private async Task<long> ReadAsync(string kind, GrainId grainId, IGrainState<Document> state)
    {
        var (version, content) = await documents.ReadAsync(
            kind,
            grainId.Key.AsSpan().ToArray(),
            CancellationToken.None
        );
        state.State = new Document { Content = content };
        return version;
    }

    private async Task<bool> WriteAsync(GrainId grainId, long expected, CustomerState state)
    {
        var window = state.Window;
        var write = new CustomerWrite(
            CustomerKey.Of(grainId),
            expected,
            state.Record,
            [.. window.ChangedBlocks()],
            window.HasForgottenBlocks ? window.FirstBlock : 0
        );
        var isThere = await writer.WriteAsync(write).ConfigureAwait(false);
        if (isThere)
        {
            window.Written();
        }
        return isThere;
    }

    private async Task<bool> WriteAsync(string kind, GrainId grainId, long expected, Document state)
    {
        try
        {
            return await documents.WriteAsync(
                kind,
                grainId.Key.AsSpan().ToArray(),
                expected,
                state.Content,
                CancellationToken.None
            );
        }
        catch (Exception e) when (StoreFailures.IsOne(e))
        {
            throw StoreFailures.OfWrite(e);
        }
    }

    private static NotSupportedException NotKept<T>() => new($"States of the type {typeof(T).Name} are not kept here.");
}
