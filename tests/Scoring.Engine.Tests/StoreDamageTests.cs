using Scoring.Core.Recording;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

public sealed class StoreDamageTests
{
    private const int Customers = 400;

    [Theory]
    [InlineData(0)]
    [InlineData(17)]
    [InlineData(4_096)]
    [InlineData(20_000)]
    [InlineData(-1)]
    [InlineData(-4_096)]
    public async Task A_truncated_store_is_refused_and_left_as_it_is(int length)
    {
        await using var harness = await AStore();
        using (var file = File.OpenWrite(harness.Database))
        {
            file.SetLength(length >= 0 ? length : file.Length + length);
        }

        var error = await IsRefusedUntouched(harness);

        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        Assert.Contains("backup", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_truncated_store_is_refused_with_its_log_left_as_it_is()
    {
        await using var harness = await AStore(crashed: true);
        using (var file = File.OpenWrite(harness.Database))
        {
            file.SetLength(8_192);
        }

        await IsRefusedUntouched(harness);
    }

    [Fact]
    public async Task A_file_that_is_no_database_is_refused_and_left_as_it_is()
    {
        await using var harness = new EngineHarness();
        Directory.CreateDirectory(harness.Directory);
        await File.WriteAllTextAsync(harness.Database, new string('x', 10_000), EngineHarness.Cancellation);

        var error = await IsRefusedUntouched(harness);

        Assert.Contains("not a store", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_database_of_another_application_is_refused_and_left_as_it_is()
    {
        await using var harness = new EngineHarness();
        Directory.CreateDirectory(harness.Directory);
        using (var other = Database.Open(harness.Database, create: true))
        {
            other.Execute("CREATE TABLE cats(name TEXT)");
        }

        var error = await IsRefusedUntouched(harness);

        Assert.Contains("another application", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_a_newer_version_is_refused_and_left_as_it_is()
    {
        await using var harness = await AStore();
        using (var database = Database.Open(harness.Database))
        {
            database.Execute("PRAGMA user_version = 99");
        }

        var error = await IsRefusedUntouched(harness);

        Assert.Contains("newer version", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_store_of_an_older_version_is_refused_and_left_as_it_is()
    {
        await using var harness = await AStore();
        using (var database = Database.Open(harness.Database))
        {
            database.Execute("PRAGMA user_version = 2");
        }

        var error = await IsRefusedUntouched(harness);

        Assert.Contains("older version", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_journal_without_its_database_is_refused()
    {
        await using var harness = await AStore();
        File.Delete(harness.Database);

        var error = await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_log_without_its_store_is_refused()
    {
        await using var harness = await AStore(crashed: true);
        File.Delete(harness.Database);

        var error = await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.Contains("missing", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("segments", "DELETE FROM segment")]
    [InlineData("models", "DELETE FROM model")]
    [InlineData("workspace", "DELETE FROM workspace")]
    [InlineData("partition", "DELETE FROM partition WHERE id = 2")]
    [InlineData("partition", "DELETE FROM meta")]
    [InlineData("checksum", "UPDATE partition SET data = (SELECT data FROM partition LIMIT 1)")]
    [InlineData("tables", "CREATE TABLE cats(name TEXT)")]
    public async Task A_row_that_is_missing_or_in_the_wrong_place_is_noticed(string named, string damage)
    {
        await using var harness = await AStore(crashed: true);
        using (var database = Database.Open(harness.Database))
        {
            database.Execute(damage);
        }

        var error = await IsRefusedUntouched(harness);

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_flipped_bit_anywhere_is_noticed_or_does_no_harm()
    {
        await using var harness = await AStore();
        var sound = await File.ReadAllBytesAsync(harness.Database, EngineHarness.Cancellation);
        var random = new Random(11);
        // All of the header and the first page's pointers, then a sample of the rest, which is empty for the most part.
        var used = Enumerable.Range(130, sound.Length - 130).Where(place => sound[place] != 0).ToArray();
        var places = Enumerable
            .Range(0, 130)
            .Concat(Enumerable.Range(0, 150).Select(_ => used[random.Next(used.Length)]));
        var refused = 0;
        foreach (var place in places)
        {
            var damaged = sound.ToArray();
            damaged[place] ^= (byte)(1 << random.Next(8));
            refused += await IsRefusedUntouchedOrSound(harness, "", damaged) ? 1 : 0;
        }
        Assert.True(refused > 100, $"only {refused} flipped bits were noticed");
    }

    [Fact]
    public async Task A_flipped_bit_in_a_log_that_a_crash_left_is_noticed_or_does_no_harm()
    {
        await using var harness = await AStore(crashed: true);
        var sound = await File.ReadAllBytesAsync(harness.Database + "-wal", EngineHarness.Cancellation);
        var random = new Random(12);
        // A power failure may tear the last transaction: damage to it cannot be told from that.
        var end = WriteAheadLog.CommitEnds(harness.Database + "-wal")[^2];
        var refused = 0;
        for (var i = 0; i < 150; i++)
        {
            var damaged = sound.ToArray();
            damaged[i < 50 ? i : random.NextInt64(end)] ^= (byte)(1 << random.Next(8));
            refused += await IsRefusedUntouchedOrSound(harness, "-wal", damaged) ? 1 : 0;
        }
        Assert.True(refused > 100, $"only {refused} flipped bits were noticed");
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
    public async Task A_checkpoint_without_its_database_is_refused()
    {
        await using var harness = await AStore();
        File.Delete(harness.Database);
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

    private static async Task<StoreException> IsRefusedUntouched(EngineHarness harness)
    {
        var before = harness.Fingerprint();
        var error = await Assert.ThrowsAsync<StoreException>(harness.Open);
        Assert.Equal(before, harness.Fingerprint());
        Assert.StartsWith(harness.Database, error.Message, StringComparison.Ordinal);
        return error;
    }

    /// <summary>Opens a copy of the store with one file replaced; true when it was refused.</summary>
    private static Task<bool> IsRefusedUntouchedOrSound(EngineHarness harness, string suffix, byte[] content) =>
        IsRefusedUntouchedOrSound(harness, content, Path.GetFileName(harness.Database) + suffix);

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
