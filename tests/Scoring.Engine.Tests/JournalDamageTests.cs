using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Engine.Files;
using Scoring.Engine.Journal;

namespace Scoring.Engine.Tests;

/// <summary>What a power failure, a careless hand or a bad disk may do to the files of the journal.</summary>
public sealed class JournalDamageTests
{
    private const int Customers = 40;

    // So many that a checkpoint writes them in several pieces.
    private const int ManyCustomers = 12_000;
    private const int Batches = 6;

    [Fact]
    public async Task A_journal_that_a_power_failure_cut_off_gives_the_store_as_of_one_of_its_commits()
    {
        await using var harness = await ACrashedStore();
        var whole = harness.Directory;
        var last = Frames(harness.Segments[0])[^1];
        // The last commit may be torn anywhere: from some byte on there is what was there before.
        for (var torn = last.Offset; torn < last.Offset + last.Length; torn += 97)
        {
            harness.UseCopyOfFiles();
            Overwrite(harness.Segments[0], torn, new byte[last.Offset + last.Length - torn]);
            await harness.Open();
            Assert.Equal(Batches - 1, await CountOfAll(harness));
            // And it goes on from there, over what the torn commit left.
            await RecordAll(harness, "again");
            await harness.CrashAndReopen();
            Assert.Equal(Batches, await CountOfAll(harness));
            await harness.Engine.DisposeAsync();
            harness.UseDirectory(whole);
        }
    }

    [Fact]
    public async Task A_commit_whose_blocks_reached_the_disk_in_another_order_is_there_as_a_whole_or_not_at_all()
    {
        await using var harness = await ACrashedStore(customers: 400);
        var last = Frames(harness.Segments[0])[^1];
        Assert.True(last.Length > 2 * FrameHeader.BlockBytes);
        Overwrite(harness.Segments[0], last.Offset + FrameHeader.BlockBytes, new byte[FrameHeader.BlockBytes]);

        await harness.Open();
        Assert.Equal(Batches - 1, await CountOfAll(harness, customers: 400));
    }

    [Fact]
    public async Task A_flipped_bit_in_the_journal_is_noticed_or_does_no_harm()
    {
        await using var harness = await ACrashedStore();
        var whole = harness.Directory;
        var random = new Random(14);
        var frames = Frames(harness.Segments[0]);
        var refused = 0;
        for (var i = 0; i < 120; i++)
        {
            // A power failure may tear the last commit: damage to it cannot be told from that.
            var frame = frames[random.Next(frames.Count - 1)];
            var place =
                frame.Offset
                + (i < 60 ? random.Next(FrameHeader.Bytes) : random.Next((int)FrameHeader.Blocks(frame.Length)));
            harness.UseCopyOfFiles();
            Flip(harness.Segments[0], place, random.Next(8));
            if (place < frame.Offset + frame.Length)
            {
                var error = await IsRefusedUntouched(harness, harness.Segments[0]);
                Assert.True(
                    error.Message.Contains($"byte {frame.Offset} ", StringComparison.Ordinal)
                        || error.Message.Contains("another store", StringComparison.Ordinal),
                    error.Message
                );
                refused++;
            }
            else
            {
                await harness.Open();
                Assert.Equal(Batches, await CountOfAll(harness));
                await harness.Engine.DisposeAsync();
            }
            harness.UseDirectory(whole);
        }
        Assert.True(refused > 60, $"only {refused} flipped bits were in a frame");
    }

    [Fact]
    public async Task A_commit_that_is_lost_in_the_middle_is_noticed()
    {
        await using var harness = await ACrashedStore();
        var frame = Frames(harness.Segments[0])[2];
        Overwrite(harness.Segments[0], frame.Offset, new byte[FrameHeader.Blocks(frame.Length)]);

        var error = await IsRefusedUntouched(harness, harness.Segments[0]);

        Assert.Contains($"byte {frame.Offset} ", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_segment_that_is_missing_is_noticed()
    {
        await using var harness = await AStoreOfSeveralSegments();
        var whole = harness.Directory;
        CheckedFile.Read(harness.StoreFile, out var identity);
        var index = JournalIndex.Read(Path.Combine(whole, StoreFolder.JournalFile), identity);
        Assert.True(index.Segments.Count > 1, "there are several segments");
        // A file that the index does not name yet was just being made, and holds nothing.
        foreach (var number in index.Segments.Keys)
        {
            harness.UseCopyOfFiles();
            var missing = JournalSegment.PathOf(harness.Directory, number);
            File.Delete(missing);
            var error = await IsRefusedUntouched(harness, missing);
            Assert.Contains("missing", error.Message, StringComparison.Ordinal);
            harness.UseDirectory(whole);
        }
    }

    [Fact]
    public async Task A_segment_that_is_cut_off_is_noticed()
    {
        await using var harness = await AStoreOfSeveralSegments();
        using (var file = File.OpenWrite(harness.Segments[0]))
        {
            file.SetLength(file.Length - FrameHeader.BlockBytes);
        }

        var error = await IsRefusedUntouched(harness, harness.Segments[0]);

        Assert.Contains("are expected", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_beginning_of_a_segment_that_is_damaged_is_noticed()
    {
        await using var harness = await AStoreOfSeveralSegments();
        var whole = harness.Directory;
        var refused = 0;
        foreach (var segment in harness.Segments.Select(Path.GetFileName))
        {
            harness.UseCopyOfFiles();
            var path = Path.Combine(harness.Directory, segment!);
            if (Frames(path).Count > 1)
            {
                Flip(path, 20, 3);
                await IsRefusedUntouched(harness, harness.Directory);
                refused++;
            }
            harness.UseDirectory(whole);
        }
        Assert.True(refused > 1, "there are several segments in use");
    }

    [Fact]
    public async Task Segments_whose_names_were_swapped_do_no_harm()
    {
        await using var harness = await AStoreOfSeveralSegments();
        // The newest may have been in the making.
        var used = harness.Segments.Where(segment => Frames(segment).Count > 0).ToList();
        var (first, second) = (used[0], used[1]);
        File.Move(first, first + ".swap");
        File.Move(second, first);
        File.Move(first + ".swap", second);

        await harness.Open();
        Assert.Equal(Batches, await CountOfAll(harness, customers: 2_000));
    }

    [Fact]
    public async Task A_segment_that_is_there_twice_in_place_of_another_is_noticed()
    {
        await using var harness = await AStoreOfSeveralSegments();
        File.Copy(harness.Segments[0], harness.Segments[1], overwrite: true);

        await IsRefusedUntouched(harness, harness.Directory);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_journal_of_another_store_is_noticed(bool checkpoint)
    {
        await using var harness = await ACrashedStore(checkpoint: checkpoint);
        await using var other = await ACrashedStore(checkpoint: checkpoint);
        File.Copy(other.Segments[0], harness.Segments[0], overwrite: true);

        var error = await IsRefusedUntouched(harness, harness.Segments[0]);

        Assert.Contains("another store", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_that_ends_before_what_was_checkpointed_is_noticed()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { CheckpointBytes = 64 << 20 };
        await harness.Open();
        await RecordAll(harness, "1");
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        var older = await File.ReadAllBytesAsync(harness.Segments[0], EngineHarness.Cancellation);
        await RecordAll(harness, "2", ManyCustomers);
        using var begun = new ManualResetEventSlim();
        using var written = new ManualResetEventSlim();
        using var go = new SemaphoreSlim(0);
        harness.Probe = step =>
        {
            var reached =
                step == CommitStep.SnapshotWritten ? begun
                : step == CommitStep.StoreCommitted ? written
                : null;
            if (reached is { IsSet: false })
            {
                reached.Set();
                go.Wait(EngineHarness.Cancellation);
            }
        };
        var checkpoint = harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        begun.Wait(EngineHarness.Cancellation);
        // Rows that are yet to be written get ahead of what the checkpoint stands for.
        await RecordAll(harness, "3", ManyCustomers);
        go.Release();
        written.Wait(EngineHarness.Cancellation);
        var running = harness.Engine;
        harness.UseCopyOfFiles();
        go.Release();
        await checkpoint;
        await running.DisposeAsync();
        await File.WriteAllBytesAsync(harness.Segments[0], older, EngineHarness.Cancellation);

        var error = await IsRefusedUntouched(harness, harness.Segments[0]);

        Assert.Contains("were checkpointed", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task After_a_graceful_stop_damage_to_the_journal_does_no_harm()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await RecordAll(harness, "1");
        await RecordAll(harness, "2");
        await harness.Engine.DisposeAsync();
        Flip(harness.Segments[0], Frames(harness.Segments[0])[^1].Offset + 100, 1);

        await harness.Open();
        await RecordAll(harness, "2");
        await RecordAll(harness, "3");
        await harness.CrashAndReopen();

        Assert.Equal(3, await CountOfAll(harness));
    }

    [Fact]
    public async Task An_index_that_is_older_than_the_files_of_its_journal_is_refused()
    {
        await using var harness = await ACrashedStore();
        var index = Path.Combine(harness.Directory, StoreFolder.JournalFile);
        CheckedFile.Read(harness.StoreFile, out var identity);
        JournalIndex.Empty.Write(index, identity, held: null);

        var error = await IsRefusedUntouched(harness, harness.Directory);

        Assert.Contains("does not know", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_crash_at_any_step_of_replacing_the_index_loses_nothing()
    {
        for (var step = 1; ; step++)
        {
            await using var harness = new EngineHarness();
            harness.Options = harness.Options with { CheckpointBytes = 64 << 10 };
            using var go = new ManualResetEventSlim();
            using var reached = new SemaphoreSlim(0);
            await harness.Open();
            var left = step;
            harness.Probe = now =>
            {
                if (now == CommitStep.IndexReplaced && Interlocked.Decrement(ref left) == 0)
                {
                    reached.Release();
                    go.Wait(EngineHarness.Cancellation);
                }
            };
            var work = Task.Run(() => Fill(harness), EngineHarness.Cancellation);
            var interrupted = await Task.WhenAny(work, reached.WaitAsync(EngineHarness.Cancellation)) != work;
            harness.UseCopyOfFiles();
            harness.Probe = null;
            go.Set();
            var running = harness.Engine;
            await work;
            await running.DisposeAsync();

            await harness.Open();
            await Fill(harness);
            Assert.Equal(4, await harness.CountOf("c999"));
            if (!interrupted)
            {
                Assert.True(step > 8, $"only {step} steps");
                return;
            }
        }

        static async Task Fill(EngineHarness harness)
        {
            var engine = harness.Engine;
            for (var round = 0; round < 4; round++)
            {
                using var batch = Samples.Batch(
                    [.. Enumerable.Range(0, 3_000).Select(i => new Sample($"c{i}", $"{round}"))],
                    harness.Workspace
                );
                await engine.RecordAsync(batch, EngineHarness.Cancellation);
                await engine.CheckpointAsync(EngineHarness.Cancellation);
            }
        }
    }

    [Fact]
    public async Task A_file_that_a_crash_left_half_made_is_removed()
    {
        await using var harness = await ACrashedStore();
        var left = JournalSegment.PathOf(harness.Directory, 99);
        await File.WriteAllBytesAsync(left, new byte[5_000], EngineHarness.Cancellation);

        await harness.Open();

        Assert.Equal(Batches, await CountOfAll(harness));
        Assert.False(File.Exists(left));
    }

    [Fact]
    public async Task Without_waiting_for_the_disk_a_power_failure_may_undo_the_newest_commits_and_what_follows_is_sound()
    {
        await using var harness = await ACrashedStore(durability: Durability.InOsCache);
        var frames = Frames(harness.Segments[0]);
        // The third last never reached the disk; the two behind it did.
        Overwrite(harness.Segments[0], frames[^3].Offset, new byte[FrameHeader.BlockBytes]);

        await harness.Open();
        Assert.Equal(Batches - 3, await CountOfAll(harness));
        harness.Options = harness.Options with { Durability = Durability.OnDisk };
        await harness.Reopen();
        // As long as the one that was lost: what it is followed by on the disk must not be taken for what followed it.
        await RecordAll(harness, "9");
        await harness.CrashAndReopen();

        Assert.Equal(Batches - 2, await CountOfAll(harness));
    }

    [Fact]
    public async Task A_journal_that_is_used_again_and_again_holds_what_was_recorded_last()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { CheckpointBytes = 64 << 10 };
        await harness.Open();
        for (var round = 1; round <= 60; round++)
        {
            // Always the same length, so that old frames begin where new ones end.
            await RecordAll(harness, $"{round:D4}", customers: 1_000);
            if (round % 20 == 0)
            {
                await harness.CrashAndReopen();
            }
            if (round % 7 == 0)
            {
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            }
            Assert.Equal(round, await harness.CountOf("c999"));
        }
        // Files of before the last crash go with the first checkpoint after it.
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        var size = harness.Segments.Sum(s => new FileInfo(s).Length);
        Assert.InRange(
            size,
            1,
            JournalSegment.KeptBy(harness.Options) + (4 * JournalSegment.LengthBy(harness.Options))
        );
    }

    [Fact]
    public async Task A_call_larger_than_a_segment_is_taken_and_its_file_is_given_up_later()
    {
        await using var harness = new EngineHarness();
        harness.Options = harness.Options with { CheckpointBytes = 64 << 10, MaxQueuedBytes = 64 << 20 };
        await harness.Open();

        await harness.Record([.. Enumerable.Range(0, 20_000).Select(i => new Sample($"c{i % 100}", $"{i}"))]);
        Assert.Contains(harness.Segments, s => new FileInfo(s).Length > JournalSegment.LengthBy(harness.Options));
        await harness.CrashAndReopen();
        Assert.Equal(200, await harness.CountOf("c7"));

        // The one after it, and a checkpoint, make it needless.
        await RecordAll(harness, "x", customers: 100);
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        Assert.All(
            harness.Segments,
            s => Assert.Equal(JournalSegment.LengthBy(harness.Options), new FileInfo(s).Length)
        );
        Assert.Equal(201, await harness.CountOf("c7"));
    }

    /// <summary>A store with so many commits that no checkpoint has, as a crash left it; they fit into one segment.</summary>
    private static async Task<EngineHarness> ACrashedStore(
        int customers = Customers,
        bool checkpoint = false,
        Durability durability = Durability.OnDisk
    )
    {
        var harness = new EngineHarness();
        harness.Options = harness.Options with { Durability = durability };
        await harness.Open();
        for (var i = 0; i < Batches; i++)
        {
            await RecordAll(harness, $"{i}", customers);
            if (checkpoint && i == 2)
            {
                await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
            }
        }
        return await Crashed(harness);
    }

    private static async Task<EngineHarness> AStoreOfSeveralSegments()
    {
        var harness = new EngineHarness();
        harness.Options = harness.Options with { CheckpointBytes = 2 << 20 };
        await harness.Open();
        for (var i = 0; i < Batches; i++)
        {
            await RecordAll(harness, $"{i}", customers: 2_000);
        }
        await Crashed(harness);
        Assert.True(harness.Segments.Count > 2, "there are several segments");
        return harness;
    }

    private static async Task<EngineHarness> Crashed(EngineHarness harness)
    {
        var running = harness.Engine;
        harness.UseCopyOfFiles();
        await running.DisposeAsync();
        return harness;
    }

    private static Task<WriteResult> RecordAll(EngineHarness harness, string id, int customers = Customers) =>
        harness.Record([.. Enumerable.Range(0, customers).Select(i => new Sample($"c{i}", id))]);

    /// <summary>How many batches are in it, each of which had an event of every customer.</summary>
    private static async Task<double> CountOfAll(EngineHarness harness, int customers = Customers)
    {
        var counts = await Task.WhenAll(Enumerable.Range(0, customers).Select(i => harness.CountOf($"c{i}")));
        return Assert.Single(counts.Distinct());
    }

    private static async Task<StoreException> IsRefusedUntouched(EngineHarness harness, string path)
    {
        var before = harness.Fingerprint();
        var error = await Assert.ThrowsAsync<StoreException>(harness.Open);
        Assert.Equal(before, harness.Fingerprint());
        Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        return error;
    }

    /// <summary>Where the frames of a segment stand that lie one behind the other from its beginning.</summary>
    private static List<(long Offset, int Length)> Frames(string segment)
    {
        var bytes = File.ReadAllBytes(segment);
        var frames = new List<(long, int)>();
        var sequence = 0L;
        for (
            var at = 0;
            at < bytes.Length
                && FrameHeader.TryRead(bytes.AsSpan(at), bytes.Length - at, out var frame)
                && frame.Sequence > sequence;
            at += (int)FrameHeader.Blocks(frame.Length)
        )
        {
            frames.Add((at, frame.Length));
            sequence = frame.Sequence;
        }
        return frames;
    }

    private static void Overwrite(string path, long offset, byte[] bytes)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        RandomAccess.Write(file, bytes, offset);
    }

    private static void Flip(string path, long offset, int bit)
    {
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.ReadWrite);
        Span<byte> one = stackalloc byte[1];
        RandomAccess.Read(file, one, offset);
        one[0] ^= (byte)(1 << bit);
        RandomAccess.Write(file, one, offset);
    }
}
