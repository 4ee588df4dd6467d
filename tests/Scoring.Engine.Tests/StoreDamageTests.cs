using System.Buffers.Binary;
using System.IO.Hashing;
using Scoring.Core.Recording;
using Scoring.Engine.Files;

namespace Scoring.Engine.Tests;

public sealed class StoreDamageTests
{
    private const int Customers = 400;

    /// <summary>The small files of a store with one model and three partitions.</summary>
    public static TheoryData<string> SmallFiles =>
        [
            "scoring.store",
            "scoring.settings",
            "scoring.journal",
            "scoring.models",
            "scoring.state-0000",
            "scoring.state-0002",
        ];

    [Fact]
    public async Task These_are_the_small_files_of_a_store()
    {
        await using var harness = await AStore();

        Assert.Equal(
            SmallFiles.Select(row => row.Data).Append("scoring.state-0001").Order(StringComparer.Ordinal),
            harness.Documents.Select(Path.GetFileName)
        );
    }

    [Theory]
    [MemberData(nameof(SmallFiles))]
    public async Task A_small_file_that_is_missing_is_noticed(string name)
    {
        await using var harness = await AStore();
        File.Delete(PathOf(harness, name));

        var error = await IsRefusedUntouched(harness, name);

        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
        Assert.Contains("backup", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SmallFiles))]
    public async Task A_small_file_that_is_torn_is_noticed(string name)
    {
        await using var harness = await AStore();
        var sound = await File.ReadAllBytesAsync(PathOf(harness, name), EngineHarness.Cancellation);
        byte[][] torn =
        [
            [],
            sound[..1],
            sound[..(sound.Length / 2)],
            sound[..^1],
            [.. sound[..(sound.Length / 2)], .. new byte[sound.Length - (sound.Length / 2)]],
            [.. sound, 0],
        ];
        foreach (var bytes in torn)
        {
            await File.WriteAllBytesAsync(PathOf(harness, name), bytes, EngineHarness.Cancellation);
            var error = await IsRefusedUntouched(harness, name);
            Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        }
        await File.WriteAllBytesAsync(PathOf(harness, name), sound, EngineHarness.Cancellation);
        await harness.Open();
        Assert.Equal(3, await harness.CountOf("c1"));
    }

    [Theory]
    [MemberData(nameof(SmallFiles))]
    public async Task Each_bit_of_a_small_file_that_flips_is_noticed(string name)
    {
        await using var harness = await AStore();
        var path = PathOf(harness, name);
        var sound = await File.ReadAllBytesAsync(path, EngineHarness.Cancellation);
        for (var place = 0; place < sound.Length; place++)
        {
            for (var bit = 0; bit < 8; bit++)
            {
                sound[place] ^= (byte)(1 << bit);
                await File.WriteAllBytesAsync(path, sound, EngineHarness.Cancellation);
                Assert.StartsWith(
                    path,
                    Assert.Throws<StoreException>(() => CheckedFile.Read(path, out _)).Message,
                    StringComparison.Ordinal
                );
                if (place % 40 == bit)
                {
                    await IsRefusedUntouched(harness, name);
                }
                sound[place] ^= (byte)(1 << bit);
            }
        }
    }

    [Theory]
    [MemberData(nameof(SmallFiles))]
    public async Task A_small_file_of_another_store_is_noticed(string name)
    {
        await using var harness = await AStore();
        await using var other = await AStore();
        File.Copy(PathOf(other, name), PathOf(harness, name), overwrite: true);

        // All others are not of the store that the file says there is.
        var error = await IsRefusedUntouched(harness, name == "scoring.store" ? "scoring.settings" : name);

        Assert.Contains("another store", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scoring.state-0000", "scoring.state-0001")]
    [InlineData("scoring.store", "scoring.settings")]
    [InlineData("scoring.models", "scoring.journal")]
    public async Task A_small_file_in_the_place_of_another_is_noticed(string name, string other)
    {
        await using var harness = await AStore();
        File.Copy(PathOf(harness, other), PathOf(harness, name), overwrite: true);

        var error = await IsRefusedUntouched(harness, name);

        Assert.Contains($"its {other} under another name", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [MemberData(nameof(SmallFiles))]
    public async Task A_file_of_somebody_else_is_refused_and_left_as_it_is(string name)
    {
        await using var harness = await AStore();
        await File.WriteAllTextAsync(PathOf(harness, name), new string('x', 10_000), EngineHarness.Cancellation);

        var error = await IsRefusedUntouched(harness, name);

        Assert.Contains("not a file of a store", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(+1, "newer version")]
    [InlineData(-1, "older version")]
    public async Task A_store_of_another_version_is_refused_and_left_as_it_is(int difference, string words)
    {
        await using var harness = await AStore();
        var bytes = await File.ReadAllBytesAsync(harness.StoreFile, EngineHarness.Cancellation);
        BinaryPrimitives.WriteInt32LittleEndian(bytes.AsSpan(4), CheckedFile.Version + difference);
        BinaryPrimitives.WriteUInt64LittleEndian(
            bytes.AsSpan(bytes.Length - 8),
            XxHash3.HashToUInt64(bytes.AsSpan()[..^8])
        );
        await File.WriteAllBytesAsync(harness.StoreFile, bytes, EngineHarness.Cancellation);

        var error = await IsRefusedUntouched(harness, "scoring.store");

        Assert.Contains(words, error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("scoring.db")]
    [InlineData("scoring.db-wal")]
    public async Task A_store_of_an_earlier_build_is_refused_and_left_as_it_is(string name)
    {
        await using var harness = new EngineHarness();
        Directory.CreateDirectory(harness.Directory);
        await File.WriteAllTextAsync(PathOf(harness, name), "SQLite format 3", EngineHarness.Cancellation);

        var error = await IsRefusedUntouched(harness, name);

        Assert.Contains("earlier build", error.Message, StringComparison.Ordinal);
        Assert.Contains("scoring move --from", error.Message, StringComparison.Ordinal);
        Assert.Single(harness.StoreFiles);
    }

    [Fact]
    public async Task An_older_state_of_a_partition_is_noticed()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await RecordAll(harness, "1");
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        var older = await File.ReadAllBytesAsync(PathOf(harness, "scoring.state-0001"), EngineHarness.Cancellation);
        // All of it is journalled in other files by now, and checkpointed in others.
        for (var round = 0; round < 20; round++)
        {
            await RecordAll(harness, $"2-{round}");
            await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        }
        await harness.Engine.DisposeAsync();
        await File.WriteAllBytesAsync(PathOf(harness, "scoring.state-0001"), older, EngineHarness.Cancellation);

        var before = harness.Fingerprint();
        var error = await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        Assert.Equal(before, harness.Fingerprint());
    }

    [Fact]
    public async Task What_a_replacement_left_that_was_broken_off_is_removed_at_the_start()
    {
        await using var harness = await AStore();
        var drafts = harness.Documents.Select(path => path + CheckedFile.DraftSuffix).ToList();
        foreach (var draft in drafts)
        {
            await File.WriteAllTextAsync(draft, "half of it", EngineHarness.Cancellation);
        }

        await harness.Open();

        Assert.DoesNotContain(drafts, File.Exists);
        Assert.Equal(3, await harness.CountOf("c1"));
    }

    [Fact]
    public async Task A_crash_at_any_step_of_making_a_store_leaves_none_or_a_whole_one()
    {
        for (var step = 1; ; step++)
        {
            await using var harness = new EngineHarness();
            var left = step;
            var interrupted = false;
            harness.Probe = now =>
            {
                if (now < CommitStep.StoreBegin || --left != 0)
                {
                    return;
                }
                interrupted = true;
                harness.UseCopyOfFiles(withMarker: true);
            };
            var running = await ScoringEngine.OpenAsync(harness.Options with { Models = [] });
            harness.Probe = null;
            await running.DisposeAsync();

            await harness.Open();
            await harness.Record(new Sample("a"));
            await harness.Engine.DisposeAsync();
            Assert.False(File.Exists(Path.Combine(harness.Directory, StoreFolder.MakingFile)));
            Assert.DoesNotContain(
                harness.Documents,
                path => path.EndsWith(CheckedFile.DraftSuffix, StringComparison.Ordinal)
            );
            if (!interrupted)
            {
                Assert.True(step > 12, $"only {step} steps");
                return;
            }
        }
    }

    [Fact]
    public async Task What_is_missing_is_no_store_that_was_being_made_once_something_was_recorded()
    {
        await using var harness = await AStore();
        await File.WriteAllBytesAsync(PathOf(harness, StoreFolder.MakingFile), [], EngineHarness.Cancellation);
        File.Delete(harness.StoreFile);

        await IsRefusedUntouched(harness, "scoring.store");
    }

    [Fact]
    public async Task A_state_is_put_only_where_the_one_before_it_is()
    {
        await using var harness = await AStore();
        var one = new FileStore(harness.Options).OpenCheckpoints();
        var other = new FileStore(harness.Options).OpenCheckpoints();
        var content = one.ReadState(1, out var version);

        Assert.True(one.TryPutState(1, version + 1, content));
        var before = harness.Fingerprint();
        Assert.False(other.TryPutState(1, version + 1, content));
        Assert.False(other.TryPutState(1, version, content));
        Assert.False(other.TryPutState(1, version + 3, content));
        Assert.Equal(before, harness.Fingerprint());
        Assert.True(other.TryPutState(1, version + 2, content));
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_in_a_checkpoint_is_noticed()
    {
        await using var harness = await AStore(crashed: true);
        var random = new Random(13);
        foreach (var path in harness.Snapshots)
        {
            var sound = await File.ReadAllBytesAsync(path, EngineHarness.Cancellation);
            // What pads the last block of a frame holds nothing.
            var used = sound.AsSpan().TrimEnd((byte)0).Length;
            for (var i = 0; i < 40; i++)
            {
                var damaged = sound.ToArray();
                var place = i < 20 ? i * 2 : random.Next(used);
                damaged[place] ^= (byte)(1 << random.Next(8));
                Assert.True(
                    await IsRefusedUntouchedOrSound(harness, damaged, Path.GetFileName(path)),
                    $"a bit of byte {place} of {path} was not noticed"
                );
            }
        }
    }

    [Theory]
    [InlineData("missing")]
    [InlineData("cut")]
    [InlineData("longer")]
    [InlineData("another")]
    [InlineData("zeros")]
    public async Task A_file_of_a_checkpoint_that_is_not_as_it_was_written_is_noticed(string damage)
    {
        await using var harness = await AStore(crashed: true);
        foreach (var path in harness.Snapshots.ToList())
        {
            var sound = await File.ReadAllBytesAsync(path, EngineHarness.Cancellation);
            byte[] other = [.. sound, .. new byte[4_096]];
            switch (damage)
            {
                case "missing":
                    File.Delete(path);
                    break;
                case "another":
                    var same = harness.Snapshots.FirstOrDefault(p => p != path && Bytes(p).Length == sound.Length);
                    await File.WriteAllBytesAsync(
                        path,
                        Bytes(same ?? harness.Snapshots.First(p => p != path)),
                        EngineHarness.Cancellation
                    );
                    break;
                default:
                    await File.WriteAllBytesAsync(
                        path,
                        damage switch
                        {
                            "cut" => sound[..^4_096],
                            "longer" => other,
                            _ => new byte[sound.Length],
                        },
                        EngineHarness.Cancellation
                    );
                    break;
            }
            var before = harness.Fingerprint();

            var error = await Assert.ThrowsAsync<StoreException>(harness.Open);

            Assert.StartsWith(path, error.Message, StringComparison.Ordinal);
            Assert.Equal(before, harness.Fingerprint());
            await File.WriteAllBytesAsync(path, sound, EngineHarness.Cancellation);
        }
        await harness.Open();
        Assert.Equal(3, await harness.CountOf("c1"));

        static byte[] Bytes(string path) => File.ReadAllBytes(path);
    }

    [Fact]
    public async Task A_checkpoint_without_its_store_is_refused()
    {
        await using var harness = await AStore();
        File.Delete(harness.StoreFile);
        foreach (var segment in harness.Segments)
        {
            File.Delete(segment);
        }

        var error = await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_directory_in_use_is_refused()
    {
        await using var harness = new EngineHarness();
        await harness.Open();

        var error = await Assert.ThrowsAsync<StoreException>(() => ScoringEngine.OpenAsync(harness.Options));

        Assert.Contains("used by another process", error.Message, StringComparison.Ordinal);
        await harness.Record(new Sample("a"));
    }

    /// <summary>A store with customers, accounts, ids and, when it crashed, a journal; closed.</summary>
    private static async Task<EngineHarness> AStore(bool crashed = false)
    {
        var harness = new EngineHarness();
        await harness.Open();
        await harness.Engine.UpsertAccountsAsync("", [new AccountUpdate("acme", 3, [])], EngineHarness.Cancellation);
        await RecordAll(harness, "1");
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        await RecordAll(harness, "2");
        await RecordAll(harness, "3");
        if (crashed)
        {
            var running = harness.Engine;
            harness.UseCopyOfFiles();
            await running.DisposeAsync();
        }
        else
        {
            await harness.Engine.DisposeAsync();
        }
        return harness;
    }

    private static Task<WriteResult> RecordAll(EngineHarness harness, string id) =>
        harness.Record([.. Enumerable.Range(0, Customers).Select(i => new Sample($"c{i}", id))]);

    private static string PathOf(EngineHarness harness, string name) => Path.Combine(harness.Directory, name);

    private static async Task<StoreException> IsRefusedUntouched(EngineHarness harness, string name)
    {
        var before = harness.Fingerprint();
        var error = await Assert.ThrowsAsync<StoreException>(harness.Open);
        Assert.Equal(before, harness.Fingerprint());
        Assert.StartsWith(PathOf(harness, name), error.Message, StringComparison.Ordinal);
        return error;
    }

    /// <summary>Opens a copy of the store with one file replaced; true when it was refused.</summary>
    private static async Task<bool> IsRefusedUntouchedOrSound(EngineHarness harness, byte[] content, string file)
    {
        var original = harness.Directory;
        harness.UseCopyOfFiles();
        await File.WriteAllBytesAsync(Path.Combine(harness.Directory, file), content, EngineHarness.Cancellation);
        var before = harness.Fingerprint();
        try
        {
            await harness.Open();
            for (var i = 0; i < Customers; i += 13)
            {
                Assert.Equal(3, await harness.CountOf($"c{i}"));
            }
            Assert.Equal(1, (await harness.Record(new Sample("c1", "1"))).Duplicates);
            await harness.Engine.DisposeAsync();
            return false;
        }
        catch (StoreException)
        {
            Assert.Equal(before, harness.Fingerprint());
            return true;
        }
        finally
        {
            Directory.Delete(harness.Directory, recursive: true);
            harness.UseDirectory(original);
        }
    }
}
