using Scoring.Core;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

/// <summary>Small documents that users of a store keep in it.</summary>
public sealed class SharedDocumentTests
{
    private const string Name = "keys";

    [Fact]
    public async Task One_that_nobody_put_is_empty_and_has_version_0()
    {
        await using var harness = new EngineHarness();
        var engine = await harness.Open();

        Assert.Equal((0, 0), Of(await engine.Host.ReadDocumentAsync(Name)));
        Assert.Equal((0, 0), Of(engine.Host.FollowDocument(Name)));
    }

    [Fact]
    public async Task What_was_put_is_there_after_a_crash_and_takes_the_next_version()
    {
        await using var harness = new EngineHarness();
        var engine = await harness.Open();
        Assert.True(await engine.Host.TryPutDocumentAsync(Name, replaced: 0, [1]));
        Assert.True(await engine.Host.TryPutDocumentAsync(Name, replaced: 1, [1, 2]));

        await harness.CrashAndReopen();

        Assert.Equal((2, 2), Of(harness.Engine.Host.FollowDocument(Name)));
        Assert.True(await harness.Engine.Host.TryPutDocumentAsync(Name, replaced: 2, []));
        Assert.Equal((3, 0), Of(harness.Engine.Host.FollowDocument(Name)));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(-1)]
    public async Task Another_version_than_the_newest_is_not_replaced(long replaced)
    {
        await using var harness = new EngineHarness();
        var engine = await harness.Open();
        await engine.Host.TryPutDocumentAsync(Name, replaced: 0, [1]);
        await engine.Host.TryPutDocumentAsync(Name, replaced: 1, [2]);

        Assert.False(await engine.Host.TryPutDocumentAsync(Name, replaced, [3]));

        Assert.Equal([2], (await engine.Host.ReadDocumentAsync(Name)).Content);
    }

    [Fact]
    public async Task A_put_that_a_crash_cut_short_at_any_step_was_done_or_was_not_and_can_be_repeated()
    {
        CommitStep[] steps = [CommitStep.StoreBegin, CommitStep.StoreWritten, CommitStep.StoreRenamed];
        foreach (var step in steps)
        {
            foreach (var nth in Enumerable.Range(1, 2))
            {
                await using var harness = new EngineHarness();
                var engine = await harness.Open();
                var seen = 0;
                harness.Probe = at =>
                {
                    // The first put of a document also puts its name among those of the store.
                    if (at == step && ++seen == nth)
                    {
                        harness.UseCopyOfFiles();
                    }
                };
                await engine.Host.TryPutDocumentAsync(Name, replaced: 0, [1]);
                harness.Probe = null;
                await engine.DisposeAsync();

                await harness.Open();
                var found = await harness.Engine.Host.ReadDocumentAsync(Name);
                Assert.True(found.Version is 0 or 1);
                while (!await harness.Engine.Host.TryPutDocumentAsync(Name, found.Version, [2]))
                {
                    found = await harness.Engine.Host.ReadDocumentAsync(Name);
                }
                Assert.Equal([2], (await harness.Engine.Host.ReadDocumentAsync(Name)).Content);
            }
        }
    }

    [Fact]
    public async Task One_that_is_missing_or_damaged_is_told_of_and_not_taken_for_an_empty_one()
    {
        await using var harness = new EngineHarness();
        var engine = await harness.Open();
        await engine.Host.TryPutDocumentAsync(Name, replaced: 0, [1]);
        await engine.DisposeAsync();
        var file = Assert.Single(harness.Documents, path => path.EndsWith("shared-keys", StringComparison.Ordinal));
        var bytes = await File.ReadAllBytesAsync(file, EngineHarness.Cancellation);

        File.Delete(file);
        await harness.Open();
        Assert.Contains(
            "missing",
            Assert.Throws<StoreException>(() => harness.Engine.Host.FollowDocument(Name)).Message
        );
        await harness.Engine.DisposeAsync();
        bytes[^9] ^= 1;
        await File.WriteAllBytesAsync(file, bytes, EngineHarness.Cancellation);
        await harness.Open();
        await Assert.ThrowsAsync<StoreException>(() => harness.Engine.Host.ReadDocumentAsync(Name));
    }

    [Fact]
    public async Task A_disk_without_room_refuses_a_put_and_leaves_what_was_there()
    {
        await using var harness = new EngineHarness();
        var engine = await harness.Open();
        await engine.Host.TryPutDocumentAsync(Name, replaced: 0, [1]);
        harness.Probe = step =>
        {
            if (step == CommitStep.StoreBegin)
            {
                throw new StoreFailure("No space left on device", isFull: true);
            }
        };

        var refused = await Assert.ThrowsAsync<ScoringException>(() =>
            engine.Host.TryPutDocumentAsync(Name, replaced: 1, [2])
        );
        harness.Probe = null;

        Assert.Equal(ScoringError.StorageFull, refused.Error);
        Assert.Equal([1], (await engine.Host.ReadDocumentAsync(Name)).Content);
    }

    private static (long Version, int Bytes) Of(SharedDocument document) => (document.Version, document.Content.Length);
}
