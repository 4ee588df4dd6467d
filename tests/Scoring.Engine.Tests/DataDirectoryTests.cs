using System.Runtime.Versioning;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Testing;
using Scoring.Core;
using Scoring.Engine.Files;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

/// <summary>Who may use a data directory, what becomes of it when somebody interferes, and who may read it.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class DataDirectoryTests
{
    [Fact]
    public async Task Two_engines_never_have_a_directory_also_when_its_lock_file_was_removed_and_made_again()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        var lockFile = Path.Combine(harness.Directory, DirectoryLock.FileName);
        File.Delete(lockFile);
        await AssertInUse(harness);
        Assert.False(File.Exists(lockFile));
        await File.WriteAllTextAsync(lockFile, "", EngineHarness.Cancellation);
        await AssertInUse(harness);

        Assert.Equal(1, (await harness.Record(new Sample("a", "1"))).Accepted);
        await harness.Reopen();
        Assert.Equal(1, await harness.CountOf("a"));
    }

    [Fact]
    public async Task An_engine_whose_directory_was_replaced_acknowledges_nothing_more_and_leaves_the_other_store_as_it_is()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        ReplaceDirectory(harness);
        await using var other = await ScoringEngine.OpenAsync(harness.Options, EngineHarness.Cancellation);
        var before = harness.Fingerprint();

        await AssertRefused(() => harness.Record(new Sample("a", "2")));
        await harness.Engine.DisposeAsync();

        Assert.Equal(before, harness.Fingerprint());
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_checkpoint_is_not_put_into_a_directory_that_took_the_place_of_the_own_one(bool whileWritten)
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        var before = whileWritten ? null : ReplaceDirectory(harness);
        harness.Probe = step =>
        {
            if (step == CommitStep.StoreWritten)
            {
                before ??= ReplaceDirectory(harness);
            }
        };

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() =>
            harness.Engine.CheckpointAsync(EngineHarness.Cancellation)
        );
        await AssertRefused(() => harness.Record(new Sample("a", "2")));
        await harness.Engine.DisposeAsync();

        Assert.Equal(before, Documents(harness));
    }

    [Fact]
    public async Task The_index_of_a_journal_is_not_put_into_a_directory_that_took_the_place_of_the_own_one()
    {
        await using var harness = new EngineHarness();
        Dictionary<string, string>? before = null;
        harness.Probe = step =>
        {
            if (step == CommitStep.IndexReplaced && harness.Documents.Any(IsDraft))
            {
                before ??= ReplaceDirectory(harness);
            }
        };

        // It makes its first segment, and names it in the index.
        await AssertRefused(harness.Open);

        Assert.Equal(before, Documents(harness));

        static bool IsDraft(string file) => file.EndsWith(CheckedFile.DraftSuffix, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_write_is_not_acknowledged_whose_segment_of_the_journal_was_replaced_or_removed(bool isReplaced)
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        foreach (var segment in harness.Segments)
        {
            if (isReplaced)
            {
                File.Copy(segment, segment + ".copy");
                File.Move(segment + ".copy", segment, overwrite: true);
            }
            else
            {
                File.Move(segment, segment + ".away");
            }
        }

        await AssertRefused(() => harness.Record(new Sample("a", "2")));
        // Not the next one either, although memory could take it.
        await AssertRefused(() => harness.Record(new Sample("a", "3")));

        if (isReplaced)
        {
            await harness.Reopen();
            Assert.Equal(1, await harness.CountOf("a"));
        }
    }

    [Fact]
    public async Task Files_and_folders_are_their_owners_alone_whatever_the_mask()
    {
        PrivateFiles.Enforce();
        await using var harness = new EngineHarness();
        harness.UseDirectory(Path.Combine(harness.Directory, "made", "with", "it"));
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        // Closed, so that no draft is renamed while its permissions are looked at.
        await harness.Engine.DisposeAsync();

        Assert.NotEmpty(harness.Snapshots);
        Assert.All(
            Directory.EnumerateFiles(harness.Directory),
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file))
        );
        var own = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        Assert.Equal(own, File.GetUnixFileMode(harness.Directory));
        Assert.Equal(own, File.GetUnixFileMode(Path.GetDirectoryName(harness.Directory)!));
    }

    [Fact]
    public async Task Files_of_an_earlier_build_are_closed_to_others_and_an_open_folder_is_told_of()
    {
        await using var harness = new EngineHarness();
        await harness.Open();
        await harness.Record(new Sample("a", "1"));
        await harness.Engine.CheckpointAsync(EngineHarness.Cancellation);
        var logger = new FakeLogger();
        harness.Options = harness.Options with { Logger = logger };
        var wide = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead | UnixFileMode.GroupRead;
        foreach (var file in harness.StoreFiles)
        {
            File.SetUnixFileMode(file, wide);
        }
        File.SetUnixFileMode(
            harness.Directory,
            wide | UnixFileMode.UserExecute | UnixFileMode.OtherExecute | UnixFileMode.GroupExecute
        );

        await harness.Reopen();

        Assert.All(
            harness.StoreFiles,
            file => Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file))
        );
        Assert.Contains(
            logger.Collector.GetSnapshot(),
            record => record.Level == LogLevel.Warning && record.Message.Contains("chmod 700", StringComparison.Ordinal)
        );
        Assert.True(File.GetUnixFileMode(harness.Directory).HasFlag(UnixFileMode.OtherExecute));
    }

    [Theory]
    [InlineData((int)CommitStep.StoreBegin, 1)]
    [InlineData((int)CommitStep.StoreWritten, 1)]
    [InlineData((int)CommitStep.StoreWritten, 3)]
    [InlineData((int)CommitStep.StoreRenamed, 2)]
    [InlineData((int)CommitStep.StoreCommitted, 5)]
    public async Task Of_a_store_that_could_not_be_made_nothing_is_left_not_even_its_folders(int step, int time)
    {
        await using var harness = new EngineHarness();
        var above = harness.Directory;
        harness.UseDirectory(Path.Combine(above, "made", "with", "it"));
        harness.Probe = now =>
        {
            if (now == (CommitStep)step && --time == 0)
            {
                throw new StoreFailure("A test wants it so.", isFull: true);
            }
        };

        await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.False(Directory.Exists(above));
    }

    [Fact]
    public async Task Where_an_older_store_is_refused_nothing_is_added_to_it()
    {
        await using var harness = new EngineHarness();
        Directory.CreateDirectory(harness.Directory);
        var database = Path.Combine(harness.Directory, StoreFolder.SqliteFile);
        await File.WriteAllTextAsync(database, "", EngineHarness.Cancellation);

        await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.Equal([database], Directory.GetFileSystemEntries(harness.Directory));
    }

    [Fact]
    public async Task A_file_where_the_directory_is_to_be_is_named_with_what_to_do()
    {
        await using var harness = new EngineHarness();
        await File.WriteAllTextAsync(harness.Directory, "", EngineHarness.Cancellation);

        var refused = await Assert.ThrowsAsync<StoreException>(harness.Open);

        Assert.Equal(
            $"{harness.Directory}: is a file. Name a directory for the data, or one that is to be made.",
            refused.Message
        );
    }

    /// <summary>Puts a copy of the store where the store is.</summary>
    private static Dictionary<string, string> ReplaceDirectory(EngineHarness harness)
    {
        var original = harness.Directory;
        harness.UseCopyOfFiles();
        Directory.Move(original, original + ".away");
        Directory.Move(harness.Directory, original);
        harness.UseDirectory(original);
        return Documents(harness);
    }

    private static Dictionary<string, string> Documents(EngineHarness harness) =>
        harness.Documents.ToDictionary(file => file, file => Convert.ToHexString(File.ReadAllBytes(file)));

    private static async Task AssertInUse(EngineHarness harness)
    {
        var refused = await Assert.ThrowsAsync<StoreException>(() =>
            ScoringEngine.OpenAsync(harness.Options, EngineHarness.Cancellation)
        );
        Assert.Contains("cannot be locked", refused.Message, StringComparison.Ordinal);
    }

    private static async Task AssertRefused(Func<Task> write)
    {
        var refused = await Assert.ThrowsAsync<ScoringException>(write);
        Assert.Equal(ScoringError.Unavailable, refused.Error);
    }
}
