using System.Buffers.Binary;
using Scoring.Core.History;
using Scoring.Engine.Archive;

namespace Scoring.Engine.Tests.Archive;

public sealed class ArchiveDamageSpecs
{
    private const long MostAllocated = 64 << 20;

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void A_flipped_bit_in_any_byte_is_noticed(bool compress)
    {
        var (bench, file) = AFile(compress);
        var sound = bench.BytesOf(file);
        for (var i = 0; i < sound.Length; i++)
        {
            var damaged = sound.ToArray();
            damaged[i] ^= (byte)(1 << (i % 8));
            bench.Replace(file, damaged);

            AssertIsDamaged(bench, file);
        }
        bench.Replace(file, sound);
        ReadAndFind(bench, file);
    }

    [Fact]
    public void A_file_that_is_cut_off_anywhere_or_has_more_is_noticed()
    {
        var (bench, file) = AFile(compress: true);
        var sound = bench.BytesOf(file);
        for (var length = 0; length < sound.Length; length++)
        {
            bench.Replace(file, sound.AsSpan(0, length));

            AssertIsDamaged(bench, file);
        }
        bench.Replace(file, [.. sound, 0]);
        AssertIsDamaged(bench, file);
    }

    [Fact]
    public void A_file_that_was_cut_off_after_its_index_was_read_is_noticed()
    {
        var (bench, file) = AFile(compress: true);
        var index = ArchiveIndex.Read(bench.Store, ArchiveBench.Partition, file);
        bench.Replace(file, bench.BytesOf(file).AsSpan(0, 10));
        using var reader = new ArchiveReader(bench.Store, ArchiveBench.Partition, file, index);

        AssertSaysDamaged(Assert.Throws<StoreException>(() => reader.Find(index.Rows.First)));
    }

    [Fact]
    public void A_file_of_another_store_partition_or_number_is_noticed()
    {
        var (bench, file) = AFile(compress: false);
        var other = new ArchiveBench(identity: 78);
        ArchiveBench.Put(other.Store, ArchiveBench.Partition, file.Number, bench.BytesOf(file));
        ArchiveBench.Put(bench.Store, ArchiveBench.Partition + 1, file.Number, bench.BytesOf(file));
        ArchiveBench.Put(bench.Store, ArchiveBench.Partition, file.Number + 1, bench.BytesOf(file));

        AssertIsDamaged(other, file);
        AssertIsDamaged(bench, file, ArchiveBench.Partition + 1);
        AssertIsDamaged(bench, file with { Number = file.Number + 1 });
        ReadAndFind(bench, file);
    }

    [Fact]
    public void A_chunk_in_the_place_of_another_one_is_noticed()
    {
        // Two parts of one customer, which differ in nothing but their times.
        var bench = new ArchiveBench();
        var events = Enumerable
            .Range(0, 4 * ChunkBounds.FullEvents)
            .Select(i => new ArchivedEvent(0, 0, -1, -1, new(i * TimeSpan.TicksPerSecond), i + 1, 1));
        var file = bench.Write([new(0, [.. events], [])]);
        var (bytes, length) = (bench.BytesOf(file), bench.Open(file).Index.LengthOf(0));
        Assert.Equal(length, bench.Open(file).Index.LengthOf(1));
        bytes = [.. bytes[length..(2 * length)], .. bytes[..length], .. bytes[(2 * length)..]];
        bench.Replace(file, bytes);

        AssertIsDamaged(bench, file);
    }

    [Theory]
    [InlineData(false, 1)]
    [InlineData(true, 2)]
    public void A_malformed_chunk_is_refused_though_its_checksum_is_right(bool compress, int seed)
    {
        var (bench, file) = AFile(compress);
        var sound = bench.BytesOf(file);
        var seal = new ArchiveSeal(bench.Store, ArchiveBench.Partition, file.Number);
        var length = bench.Open(file).Index.LengthOf(0);
        var random = new Random(seed);
        var refused = 0;
        for (var round = 0; round < 3_000; round++)
        {
            var malformed = sound.ToArray();
            var chunk = malformed.AsSpan(0, length);
            Spoil(chunk[ArchiveSeal.Bytes..], random);
            BinaryPrimitives.WriteUInt64LittleEndian(chunk, seal.Of(chunk[ArchiveSeal.Bytes..], 0));
            bench.Replace(file, malformed);

            refused += IsRefused(bench, file) ? 1 : 0;
        }
        Assert.InRange(refused, 1_000, 3_000);
    }

    [Theory]
    [InlineData(false, 3)]
    [InlineData(true, 4)]
    public void A_malformed_index_is_refused_though_its_checksum_is_right(bool compress, int seed)
    {
        var (bench, file) = AFile(compress);
        var sound = bench.BytesOf(file);
        var seal = new ArchiveSeal(bench.Store, ArchiveBench.Partition, file.Number);
        var random = new Random(seed);
        var refused = 0;
        for (var round = 0; round < 3_000; round++)
        {
            var malformed = sound.ToArray();
            var index = malformed.AsSpan((int)file.IndexAt);
            Spoil(index, random);
            bench.Replace(file, malformed);

            refused += IsRefused(bench, file with { IndexChecksum = seal.Of(index, file.IndexAt) }) ? 1 : 0;
        }
        Assert.InRange(refused, 1_000, 3_000);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(1_000_000)]
    public void A_state_that_tells_of_another_index_is_noticed(long indexAt)
    {
        var (bench, file) = AFile(compress: false);

        AssertIsDamaged(bench, file with { IndexAt = indexAt });
        AssertIsDamaged(bench, file with { Events = file.Events + 1 });
        AssertIsDamaged(bench, file with { Changes = file.Changes - 1 });
    }

    /// <summary>Some chunks, one of them a part of a customer.</summary>
    private static (ArchiveBench Bench, ArchiveFile File) AFile(bool compress)
    {
        var bench = new ArchiveBench();
        var random = new Random(11);
        var customers = Enumerable
            .Range(0, 12)
            .Select(i => new Records(
                i * 3,
                [.. Enumerable.Range(0, 8 + i).Select(_ => Event(i * 3, random))],
                i % 3 == 0 ? [new(i * 3, ChangeKind.Merged, new(i), "another one"u8.ToArray())] : []
            ));
        return (bench, bench.Write(customers, compress));
    }

    private static ArchivedEvent Event(int row, Random random) =>
        new(
            row,
            random.Next(3),
            random.Next(-1, 3),
            random.Next(-1, 3),
            new(random.NextInt64()),
            random.Next(),
            random.Next(3)
        );

    /// <summary>Changes some bytes, or puts numbers there that are as long as can be.</summary>
    private static void Spoil(Span<byte> bytes, Random random)
    {
        for (var i = random.Next(1, 4); i > 0; i--)
        {
            bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
        }
        if (random.Next(3) == 0)
        {
            var at = random.Next(bytes.Length);
            bytes.Slice(at, Math.Min(random.Next(1, 12), bytes.Length - at)).Fill(0xFF);
        }
    }

    private static bool IsRefused(ArchiveBench bench, ArchiveFile file)
    {
        var before = GC.GetAllocatedBytesForCurrentThread();
        try
        {
            ReadAndFind(bench, file);
            return false;
        }
        catch (StoreException e)
        {
            AssertSaysDamaged(e);
            return true;
        }
        finally
        {
            Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - before, 0, MostAllocated);
        }
    }

    private static void AssertIsDamaged(ArchiveBench bench, ArchiveFile file, int partition = ArchiveBench.Partition) =>
        AssertSaysDamaged(Assert.Throws<StoreException>(() => ReadAndFind(bench, file, partition)));

    private static void AssertSaysDamaged(StoreException error) =>
        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);

    private static void ReadAndFind(ArchiveBench bench, ArchiveFile file, int partition = ArchiveBench.Partition)
    {
        var index = ArchiveIndex.Read(bench.Store, partition, file);
        using var reader = new ArchiveReader(bench.Store, partition, file, index);
        for (var cursor = reader.ReadAll(); cursor.MoveNext(); )
        {
            _ = ToldCustomer.Of(cursor.Row, cursor.Events, cursor.Changes, cursor.Names);
        }
        for (var row = index.Rows.Next(0); row >= 0; row = index.Rows.Next(row + 1L))
        {
            _ = reader.Find(row);
        }
    }
}
