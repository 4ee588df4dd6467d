using System.Buffers.Binary;
using Scoring.Core.Memory;
using Scoring.Core.Recording;
using Scoring.Core.Tests;
using Scoring.Core.Time;
using Scoring.Engine.Duplicates;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

[Collection(MeasuresMemory.Name)]
public sealed class DuplicateWindowTests
{
    private static readonly TimeSpan Hour = TimeSpan.FromHours(1);

    [Fact]
    public void An_id_is_known_with_its_content_until_it_is_forgotten()
    {
        var window = new DuplicateWindow(new(Hour, 1, 100));
        window.Add(new(1, 10), At(0));
        window.Add(new(2, 20), At(30));

        window.Expire(At(60));

        Assert.Null(window.Find(new(1, 10)));
        Assert.Equal(RecordOutcome.Duplicate, window.Find(new(2, 20)));
        Assert.Equal(RecordOutcome.Conflict, window.Find(new(2, 21)));
    }

    [Fact]
    public void The_newest_ids_stay_whatever_their_age()
    {
        var window = new DuplicateWindow(new(Hour, 3, 100));
        for (var i = 0; i < 10; i++)
        {
            window.Add(new(Key(i), 0), At(i));
        }

        window.Expire(At(100_000));

        Assert.Equal(3, window.Count);
        Assert.Equal(RecordOutcome.Duplicate, window.Find(new(Key(7), 0)));
        Assert.Null(window.Find(new(Key(6), 0)));
    }

    [Fact]
    public void Never_more_ids_than_the_maximum_are_kept()
    {
        var window = new DuplicateWindow(new(Hour, 1, 5));
        for (var i = 0; i < 100; i++)
        {
            window.Add(new(Key(i), 0), At(0));
        }

        Assert.Equal(5, window.Count);
        Assert.Equal(RecordOutcome.Duplicate, window.Find(new(Key(95), 0)));
        Assert.Null(window.Find(new(Key(94), 0)));
    }

    [Fact]
    public void A_clock_that_is_set_back_neither_keeps_ids_longer_nor_forgets_new_ones()
    {
        var window = new DuplicateWindow(new(Hour, 1, 100));
        window.Add(new(1, 0), At(100));
        window.Add(new(2, 0), At(40));

        window.Expire(At(30));
        Assert.Equal(2, window.Count);

        window.Expire(At(160));
        Assert.Equal(1, window.Count);
        Assert.Equal(RecordOutcome.Duplicate, window.Find(new(2, 0)));
    }

    [Fact]
    public void It_takes_at_most_48_bytes_an_id()
    {
        const int ids = 1_000_000;
        var random = new Random(1);
        MeasuresMemory.Settle();
        var before = GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed;
        var window = new DuplicateWindow(new(Hour, 1, ids * 2));
        for (var i = 0; i < ids; i++)
        {
            window.Add(new(new UInt128((ulong)random.NextInt64(), (ulong)random.NextInt64()), 0), At(0));
        }
        var bytes = GC.GetTotalMemory(forceFullCollection: true) + HugePages.BytesUsed - before;

        Assert.InRange((double)bytes / ids, 32, 48);
        GC.KeepAlive(window);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    public void It_equals_a_list_of_all_ids_with_the_oldest_taken_off(int seed)
    {
        var random = new Random(seed);
        var bounds = new WindowBounds(Hour, random.Next(1, 3_000), random.Next(3_000, 20_000));
        var window = new DuplicateWindow(bounds);
        var oracle = new List<(UInt128 Key, ulong Content, Instant Received)>();
        var minute = 0.0;
        for (var step = 0; step < 60_000; step++)
        {
            minute += random.NextDouble() / 50;
            var now = At(minute);
            var key = Key(random.Next(20_000));
            var identity = new EventIdentity(key, (ulong)random.Next(2));
            window.Expire(now);
            while (oracle.Count > bounds.Minimum && oracle[0].Received + Hour <= now)
            {
                oracle.RemoveAt(0);
            }
            if (step % 50 == 0)
            {
                Assert.Equal(oracle.Count, window.Count);
                var expected = oracle.FindIndex(o => o.Key == key) is var at and >= 0
                    ? oracle[at].Content == identity.Content
                        ? RecordOutcome.Duplicate
                        : RecordOutcome.Conflict
                    : (RecordOutcome?)null;
                Assert.Equal(expected, window.Find(identity));
            }
            if (window.Find(identity) is null)
            {
                window.Add(identity, now);
                oracle.Add((identity.Key, identity.Content, now));
                if (oracle.Count > bounds.Maximum)
                {
                    oracle.RemoveAt(0);
                }
            }
        }
    }

    [Theory]
    [InlineData(20_000)]
    [InlineData(400_000)]
    public void What_is_restored_from_stored_blocks_equals_what_was_there(int count)
    {
        var bounds = new WindowBounds(Hour, 10_000, count);
        var tail = count + 5_000;
        var window = new DuplicateWindow(bounds);
        for (var i = 0; i < tail; i++)
        {
            window.Add(new(Key(i), (ulong)i), At(i / 1_000));
        }
        var snapshot = window.Snapshot(fromOrdinal: 0);
        // What comes after the snapshot does not show in it.
        window.Add(new(Key(tail), 0), At(1_000));

        var restored = new DuplicateWindow(bounds);
        restored.StartAt(snapshot.Head, snapshot.Tail - snapshot.Head);
        for (var i = 0; i < snapshot.Blocks.Count; i++)
        {
            using var blob = new BlobWriter();
            snapshot.Blocks[i].Write(snapshot.CountOf(i), blob);
            var end = (snapshot.FirstBlock + i + 1) * WindowBlock.Capacity;
            restored.Restore(WindowBlock.Read(blob.Written, out _), Math.Min(end, snapshot.Tail));
        }

        Assert.Equal((5_000, tail), (restored.Head, restored.Tail));
        Assert.Null(restored.Find(new(Key(4_999), 4_999)));
        Assert.Null(restored.Find(new(Key(tail), 0)));
        for (var i = 5_000; i < tail; i++)
        {
            Assert.Equal(RecordOutcome.Duplicate, restored.Find(new(Key(i), (ulong)i)));
        }
    }

    [Fact]
    public void A_snapshot_stays_as_it_was_although_its_ids_are_forgotten_and_memory_is_used_again()
    {
        const int kept = 3 * WindowBlock.Capacity;
        var window = new DuplicateWindow(new(Hour, 1, kept));
        var next = 0;
        for (var round = 0; round < 3; round++)
        {
            Add(kept);
            var snapshot = window.Snapshot(fromOrdinal: window.Head + WindowBlock.Capacity);
            var (first, expected) = (snapshot.FirstBlock * WindowBlock.Capacity, Written(snapshot));
            Add(3 * kept);

            Assert.Equal(expected, Written(snapshot));
            for (var i = 0; i < snapshot.CountOf(0); i++)
            {
                Assert.Equal(Key((int)first + i), BinaryPrimitives.ReadUInt128LittleEndian(expected.AsSpan(i * 32)));
            }
        }

        void Add(int ids)
        {
            for (var end = next + ids; next < end; next++)
            {
                window.Add(new(Key(next), (ulong)next), At(0));
            }
        }

        static byte[] Written(WindowSnapshot snapshot)
        {
            using var blob = new BlobWriter();
            for (var i = 0; i < snapshot.Blocks.Count; i++)
            {
                snapshot.Blocks[i].Write(snapshot.CountOf(i), blob);
            }
            return blob.Written.ToArray();
        }
    }

    [Fact]
    public void A_full_window_allocates_nothing_for_what_it_takes_in()
    {
        const int kept = 8 * WindowBlock.Capacity;
        var window = new DuplicateWindow(new(Hour, 1, kept));
        var next = 0;
        Add(3 * kept);
        MeasuresMemory.Settle();
        var (collected, used) = (GC.GetAllocatedBytesForCurrentThread(), HugePages.BytesUsed);
        Add(8 * kept);

        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - collected, 0, 10_000);
        Assert.InRange(HugePages.BytesUsed - used, 0, 10_000);

        void Add(int ids)
        {
            for (var end = next + ids; next < end; next++)
            {
                window.Add(new(Key(next), (ulong)next), At(0));
            }
        }
    }

    [Fact]
    public void Ordinals_may_pass_what_the_index_holds_of_them()
    {
        const long start = (2L << 30) - 3_000;
        var window = new DuplicateWindow(new(Hour, 1, 2_000));
        window.StartAt(start, count: 0);
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Null(window.Find(new(Key(i), (ulong)i)));
            window.Add(new(Key(i), (ulong)i), At(0));
        }

        Assert.Equal((start + 8_000, start + 10_000), (window.Head, window.Tail));
        for (var i = 0; i < 10_000; i++)
        {
            Assert.Equal(
                i < 8_000 ? (RecordOutcome?)null : RecordOutcome.Duplicate,
                window.Find(new(Key(i), (ulong)i))
            );
        }
    }

    [Fact]
    public void Keys_that_all_begin_at_one_slot_are_told_apart_and_forgotten_one_by_one()
    {
        var window = new DuplicateWindow(new(Hour, 1, 300));
        for (var i = 0; i < 1_000; i++)
        {
            // Same shard, and the same low half, by which slots are found; next to the end of the slots, so that they run over it.
            var identity = new EventIdentity(new UInt128((ulong)i, uint.MaxValue), (ulong)i);
            Assert.Null(window.Find(identity));
            window.Add(identity, At(0));
            Assert.Equal(RecordOutcome.Duplicate, window.Find(identity));
        }
        for (var i = 0; i < 1_000; i++)
        {
            var identity = new EventIdentity(new UInt128((ulong)i, uint.MaxValue), (ulong)i);
            Assert.Equal(i < 700 ? (RecordOutcome?)null : RecordOutcome.Duplicate, window.Find(identity));
        }
    }

    /// <summary>Keys are hashes: spread out.</summary>
    private static UInt128 Key(int number) =>
        new((ulong)number * 0x9E3779B97F4A7C15, (ulong)number * 0xC2B2AE3D27D4EB4F);

    private static Instant At(double minute) => new((long)(minute * TimeSpan.TicksPerMinute));
}
