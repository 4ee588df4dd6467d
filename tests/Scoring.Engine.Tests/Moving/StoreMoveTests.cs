using Scoring.Engine.Checkpoints;
using Scoring.Engine.Files;
using Scoring.Engine.Moving;
using Scoring.Engine.Recovery;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests.Moving;

/// <summary>A store in files that is moved to other files.</summary>
public sealed class StoreMoveTests : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("scoring-move-").FullName;

    private string From => Path.Combine(_root, "from");

    private string To => Path.Combine(_root, "to");

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Theory]
    [InlineData(64, 48)]
    [InlineData(64, 1)]
    [InlineData(1, 7)]
    [InlineData(3, null)]
    [InlineData(4, 8)]
    [InlineData(6, 2)]
    public async Task A_store_answers_after_a_move_what_it_answered_before(int before, int? after)
    {
        var expected = await MakeStore(before);
        var files = StoreToMove.Fingerprint(From);

        var report = Move(after);

        Assert.Equal(files, StoreToMove.Fingerprint(From));
        Assert.Equal(after ?? before, report.Partitions);
        Assert.Equal([2_400L - 1_200, 1_200], report.Workspaces.Select(workspace => workspace.Events));
        await using var engine = await Open(To);
        Assert.Equal(expected, await StoreToMove.AnswersAsync(engine));
        await StoreToMove.SendAgainAsync(engine);
        Assert.Equal(expected, await StoreToMove.AnswersAsync(engine));
    }

    [Fact]
    public async Task A_store_can_be_moved_there_and_back_and_is_the_same_still()
    {
        var expected = await MakeStore(6);
        Move(4);
        var back = Path.Combine(_root, "back");

        using (var from = Source(To))
        using (var to = Target(back))
        {
            StoreMove.Run(from, to, new MoveOptions { Partitions = 6 }, EngineHarness.Cancellation);
        }

        await using var engine = await Open(back);
        Assert.Equal(expected, await StoreToMove.AnswersAsync(engine));
        await StoreToMove.SendAgainAsync(engine);
    }

    [Fact]
    public async Task Documents_that_users_keep_in_a_store_move_with_it()
    {
        await MakeStore(4);
        await using (var engine = await Open(From))
        {
            await engine.Host.TryPutDocumentAsync("keys", replaced: 0, "first"u8.ToArray());
            await engine.Host.TryPutDocumentAsync("keys", replaced: 1, "second"u8.ToArray());
            await engine.Host.TryPutDocumentAsync("audit", replaced: 0, "entry"u8.ToArray());
        }

        Move(6);

        await using var moved = await Open(To);
        Assert.Equal("second"u8.ToArray(), (await moved.Host.ReadDocumentAsync("keys")).Content);
        Assert.Equal("entry"u8.ToArray(), (await moved.Host.ReadDocumentAsync("audit")).Content);
        Assert.Equal(0, (await moved.Host.ReadDocumentAsync("other")).Version);
    }

    [Fact]
    public async Task What_is_recorded_after_a_move_is_there_after_a_restart()
    {
        await MakeStore(4);
        Move(6);
        string expected;
        await using (var engine = await Open(To))
        {
            await engine.UpsertCustomersAsync("default", [new("new", "", [])], EngineHarness.Cancellation);
            expected = await StoreToMove.AnswersAsync(engine);
        }

        await using var again = await Open(To);
        Assert.Equal(expected, await StoreToMove.AnswersAsync(again));
    }

    [Fact]
    public async Task A_move_that_is_cut_short_anywhere_is_opened_by_no_server_and_gone_on_with()
    {
        var expected = await MakeStore(4);
        var steps = CutShortAt(int.MaxValue, partitions: 6);
        Assert.InRange(steps, 40, 400);
        for (var step = 1; step <= steps; step++)
        {
            Directory.Delete(To, recursive: true);
            Assert.Equal(step, CutShortAt(step, partitions: 6));
            await NoServerOpensIt();

            Move(6);

            if (step % 10 == 0 || step == steps)
            {
                await using var engine = await Open(To);
                Assert.Equal(expected, await StoreToMove.AnswersAsync(engine));
                await StoreToMove.SendAgainAsync(engine);
            }
        }
    }

    [Fact]
    public async Task What_is_written_already_is_not_read_again()
    {
        await MakeStore(4);
        CutShortWhen(progress => progress.Partitions == 3, partitions: 4);

        var read = new List<int>();
        Move(4, report: progress => read.Add(progress.IsVerifying ? -1 : progress.Partitions));

        // The class that was under way is written anew.
        Assert.Equal(2, read[0]);
    }

    [Fact]
    public async Task A_move_that_was_cut_short_is_gone_on_with_by_the_same_command_only()
    {
        var expected = await MakeStore(4);
        CutShortWhen(progress => progress.Partitions == 1, partitions: 8);

        var others = Assert.Throws<StoreException>(() => Move(16));
        Assert.Contains("--partitions 8", others.Message, StringComparison.Ordinal);
        await using (var engine = await Open(From))
        {
            await engine.UpsertCustomersAsync("default", [new("new", "", [])], EngineHarness.Cancellation);
            expected = await StoreToMove.AnswersAsync(engine);
        }
        var changed = Assert.Throws<StoreException>(() => Move(8));
        Assert.Contains("--restart", changed.Message, StringComparison.Ordinal);

        Move(16, restart: true);

        await using var moved = await Open(To);
        Assert.Equal(expected, await StoreToMove.AnswersAsync(moved));
    }

    [Theory]
    [InlineData("a model")]
    [InlineData("a new document")]
    [InlineData("a document")]
    public async Task A_move_is_not_gone_on_with_where_something_else_than_events_has_changed(string what)
    {
        await MakeStore(4);
        await using (var engine = await Open(From))
        {
            await engine.Host.TryPutDocumentAsync("keys", replaced: 0, [1]);
        }
        CutShortWhen(progress => progress.Partitions == 1, partitions: 8);

        await using (var engine = await Open(From))
        {
            Task change = what switch
            {
                "a model" => engine.PutModelAsync("default", Samples.Model(), EngineHarness.Cancellation).AsTask(),
                "a document" => engine.Host.TryPutDocumentAsync("keys", replaced: 1, [2]),
                _ => engine.Host.TryPutDocumentAsync("audit", replaced: 0, [1]),
            };
            await change;
        }

        var changed = Assert.Throws<StoreException>(() => Move(8));
        Assert.Contains("--restart", changed.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_move_that_is_begun_anew_may_be_cut_short_anywhere_as_well()
    {
        await MakeStore(2);
        for (var step = 1; step <= 30; step += 3)
        {
            CutShortWhen(progress => progress.IsVerifying, partitions: 2);
            CutShortAt(step, partitions: 3, restart: true);
            await NoServerOpensIt();
        }
        Move(3, restart: true);
        await using var engine = await Open(To);
    }

    [Fact]
    public async Task A_move_can_be_stopped_and_gone_on_with()
    {
        var expected = await MakeStore(4);
        using var stop = new CancellationTokenSource();
        using (var from = Source(From))
        using (var to = Target(To))
        {
            Assert.Throws<OperationCanceledException>(() =>
                StoreMove.Run(from, to, new() { Report = _ => stop.Cancel() }, stop.Token)
            );
        }
        await NoServerOpensIt();

        Move();

        await using var engine = await Open(To);
        Assert.Equal(expected, await StoreToMove.AnswersAsync(engine));
    }

    [Fact]
    public async Task Nothing_is_written_over_a_store()
    {
        await MakeStore(3);
        Move();
        var files = StoreToMove.Fingerprint(To);

        var error = Assert.Throws<StoreException>(() => Move());

        Assert.Contains("already", error.Message, StringComparison.Ordinal);
        Assert.Throws<StoreException>(() => Move(restart: true));
        Assert.Equal(files, StoreToMove.Fingerprint(To));
    }

    [Fact]
    public async Task A_store_that_a_server_has_open_is_refused()
    {
        await using var engine = await Open(From, partitions: 2);

        var error = Assert.Throws<StoreException>(() => Source(From));

        Assert.Contains("Stop the process", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Where_there_is_no_store_nothing_is_made()
    {
        Assert.Contains(
            "no such directory",
            Assert.Throws<StoreException>(() => Source(From)).Message,
            StringComparison.Ordinal
        );
        Directory.CreateDirectory(From);

        var error = Assert.Throws<StoreException>(() => Move());

        Assert.Contains("no store", error.Message, StringComparison.Ordinal);
        Assert.False(Directory.Exists(To));
    }

    [Theory]
    [InlineData("*.snapshot")]
    [InlineData("scoring.state-0001")]
    [InlineData("scoring.models")]
    public async Task A_damaged_store_is_refused_and_no_server_opens_what_was_copied(string files)
    {
        await MakeStore(3);
        var damaged = Directory.EnumerateFiles(From, files).Order(StringComparer.Ordinal).Last();
        var bytes = await File.ReadAllBytesAsync(damaged, EngineHarness.Cancellation);
        bytes[bytes.Length / 2] ^= 1;
        await File.WriteAllBytesAsync(damaged, bytes, EngineHarness.Cancellation);

        var error = Assert.Throws<StoreException>(() => Move());

        Assert.Contains("damaged", error.Message, StringComparison.Ordinal);
        await NoServerOpensIt();
    }

    [Fact]
    public async Task A_copy_that_is_not_the_same_is_no_store()
    {
        await MakeStore(3);

        var error = Assert.Throws<StoreException>(() =>
            Move(report: progress =>
            {
                if (progress is { IsVerifying: false, Partitions: 3 })
                {
                    LoseAPartitionOfTheCopy();
                }
            })
        );

        Assert.Contains(
            "events of the type 'complaint' in the workspace 'default'",
            error.Message,
            StringComparison.Ordinal
        );
        await NoServerOpensIt();
    }

    [Fact]
    public async Task A_disk_without_room_says_so_and_the_move_goes_on_once_there_is_some()
    {
        var expected = await MakeStore(4);
        var full = 30;
        using (var from = Source(From))
        using (
            var to = Target(
                To,
                _ =>
                {
                    if (--full == 0)
                    {
                        throw new StoreFailure("full", isFull: true);
                    }
                }
            )
        )
        {
            var error = Assert.Throws<StoreException>(() => StoreMove.Run(from, to, new(), EngineHarness.Cancellation));
            Assert.Contains("Make room", error.Message, StringComparison.Ordinal);
        }

        Move();

        await using var engine = await Open(To);
        Assert.Equal(expected, await StoreToMove.AnswersAsync(engine));
    }

    /// <summary>Puts a sound state of a partition in which nothing was recorded in the place of what was written.</summary>
    private void LoseAPartitionOfTheCopy()
    {
        using var store = new FileStore(StoreToMove.Options(To));
        var checkpoints = store.OpenCheckpoints();
        var settings = StoreContents.Read(checkpoints).Settings;
        checkpoints.ReadState(1, out var version);
        using var empty = new BlobWriter();
        PartitionState.Empty(settings).Write(empty);
        Assert.True(checkpoints.TryPutState(1, version + 1, empty.Written));
    }

    private async Task<string> MakeStore(int partitions)
    {
        var written = Path.Combine(_root, "written");
        await using var engine = await Open(written, partitions);
        await StoreToMove.FillAsync(engine);
        // As a kill leaves it, with journal behind the checkpoint.
        Directory.CreateDirectory(From);
        foreach (var file in Directory.EnumerateFiles(written))
        {
            if (Path.GetFileName(file) != "scoring.lock")
            {
                File.Copy(file, Path.Combine(From, Path.GetFileName(file)));
            }
        }
        return await StoreToMove.AnswersAsync(engine);
    }

    private static Task<ScoringEngine> Open(string directory, int? partitions = null) =>
        ScoringEngine.OpenAsync(StoreToMove.Options(directory, partitions), EngineHarness.Cancellation);

    private MoveReport Move(int? partitions = null, bool restart = false, Action<MoveProgress>? report = null)
    {
        using var from = Source(From);
        using var to = Target(To);
        var options = new MoveOptions
        {
            Partitions = partitions,
            Restart = restart,
            Report = report ?? (_ => { }),
        };
        return StoreMove.Run(from, to, options, EngineHarness.Cancellation);
    }

    /// <summary>Ends a move at a step of what is written, as a kill would; gives the steps that there were.</summary>
    private int CutShortAt(int step, int partitions, bool restart = false)
    {
        var steps = 0;
        using var from = Source(From);
        using var to = Target(
            To,
            _ =>
            {
                if (++steps >= step)
                {
                    throw new KilledException();
                }
            }
        );
        try
        {
            var options = new MoveOptions { Partitions = partitions, Restart = restart };
            StoreMove.Run(from, to, options, EngineHarness.Cancellation);
        }
        catch (KilledException)
        {
            Assert.Equal(step, steps);
        }
        return steps;
    }

    private void CutShortWhen(Func<MoveProgress, bool> when, int partitions) =>
        Assert.Throws<KilledException>(() =>
            Move(
                partitions,
                restart: true,
                progress =>
                {
                    if (when(progress))
                    {
                        throw new KilledException();
                    }
                }
            )
        );

    /// <summary>A server refuses what is there, or finds nothing that it would take for a store.</summary>
    private async Task NoServerOpensIt()
    {
        using (var to = Target(To))
        {
            if (!to.IsHalfMoved() && !to.Exists())
            {
                return;
            }
        }
        var error = await Assert.ThrowsAsync<StoreException>(() => Open(To));
        Assert.Contains("scoring move", error.Message, StringComparison.Ordinal);
    }

    private static IMovableStore Source(string directory) => StoreFiles.Lock(StoreToMove.Options(directory));

    private static FileStore Target(string directory, Action<CommitStep>? probe = null) =>
        FileStore.Lock(StoreToMove.Options(directory) with { CommitProbe = probe });

    private sealed class KilledException : Exception;
}
