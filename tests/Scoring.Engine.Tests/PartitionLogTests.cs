using System.Text;
using Scoring.Core;
using Scoring.Core.Time;
using Scoring.Engine.Files;
using Scoring.Engine.Journal;
using Scoring.Engine.Partitions;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

/// <summary>What the engine relies on of a log of partitions.</summary>
public sealed class PartitionLogTests : IDisposable
{
    private const int Partitions = 3;
    private const long Identity = 7;
    private readonly string _directory = Directory.CreateTempSubdirectory("scoring-log-").FullName;
    private readonly long[] _newest = new long[Partitions];
    private Action<CommitStep> _probe = _ => { };
    private JournalFrame? _doubtful;

    public PartitionLogTests() => Store.Make(Identity, _ => { });

    private FileStore Store =>
        new(
            new EngineOptions
            {
                DataDirectory = _directory,
                CheckpointBytes = 64 << 10,
                CommitProbe = step => _probe(step),
            }
        );

    [Fact]
    public void Entries_are_given_back_partition_by_partition_from_a_position_on()
    {
        using (var log = Open())
        {
            log.StartWriting();
            Append(log, (0, "a"), (2, "b"));
            Append(log, (2, "c"));
            Append(log, (0, "d"), (1, "e"), (2, "f"));
        }

        using var again = Open();

        Assert.Equal(["1 a", "2 d"], Read(again, 0, after: 0));
        Assert.Equal(["1 e"], Read(again, 1, after: 0));
        Assert.Equal(["2 c", "3 f"], Read(again, 2, after: 1));
        Assert.Empty(Read(again, 2, after: 3));
    }

    [Fact]
    public void What_was_forgotten_is_not_asked_for_any_more_and_its_room_is_used_again()
    {
        using (var log = Open())
        {
            log.StartWriting();
            for (var round = 0; round < 400; round++)
            {
                Append(log, (0, $"{round}"), (1, $"{round}"));
                if (round % 50 == 49)
                {
                    log.Forget(partition => partition < 2 ? round : 0);
                }
            }
            Assert.InRange(log.FileBytes, 1, 2 << 20);
        }

        using var again = Open(new LogSpan(399, 400), new LogSpan(400, 400), default);
        Assert.Equal(["400 399"], Read(again, 0, after: 399));
        Assert.Empty(Read(again, 1, after: 400));
        Assert.Throws<StoreException>(() => Open(new LogSpan(3, 400), new LogSpan(400, 400), default));
    }

    [Fact]
    public void Without_room_nothing_is_appended_and_the_next_one_takes_its_place()
    {
        using (var log = Open())
        {
            log.StartWriting();
            Append(log, (0, "a"));
            FailOnce(CommitStep.Begin, isFull: true);
            Assert.True(Assert.Throws<StoreFailure>(() => Append(log, (0, "b"))).IsFull);
            _newest[0]--;
            Append(log, (0, "c"));
        }

        using var again = Open();
        Assert.Equal(["1 a", "2 c"], Read(again, 0, after: 0));
    }

    [Theory]
    [InlineData((int)CommitStep.Written)]
    [InlineData((int)CommitStep.Committed)]
    public void What_is_in_doubt_is_not_there_once_it_is_fenced(int step)
    {
        using (var log = Open())
        {
            log.StartWriting();
            Append(log, (0, "a"));
            FailOnce((CommitStep)step, isFull: false);
            Assert.False(Assert.Throws<StoreFailure>(() => Append(log, (0, "b"), (1, "b"))).IsFull);
            (_newest[0], _newest[1]) = (1, 0);
            Assert.Null(log.Settle(_doubtful!));
            Append(log, (0, "c"));
        }

        using var again = Open();
        Assert.Equal(["1 a", "2 c"], Read(again, 0, after: 0));
        Assert.Empty(Read(again, 1, after: 0));
    }

    [Fact]
    public void A_log_that_does_not_reach_as_far_as_it_must_is_refused()
    {
        using (var log = Open())
        {
            log.StartWriting();
            Append(log, (1, "a"));
        }

        var error = Assert.Throws<StoreException>(() => Open(default, new LogSpan(0, 2), default));

        Assert.Contains("ends at entry 1 of partition 1", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _doubtful?.Dispose();
        Directory.Delete(_directory, recursive: true);
    }

    private IPartitionLog Open(params LogSpan[] spans) =>
        Store.OpenLog(Identity, Durability.OnDisk, spans.Length > 0 ? spans : new LogSpan[Partitions]);

    private void Append(IPartitionLog log, params (int Partition, string Text)[] entries)
    {
        var call = new WriteCall(Durability.OnDisk, Instant.MinValue);
        foreach (var (partition, text) in entries)
        {
            var payload = new BlobWriter();
            payload.Bytes(Encoding.UTF8.GetBytes(text));
            call.Add(new WritePart(call, partition, CommandKind.RecordEvents, Workspace: 0, payload));
        }
        var composer = new FrameComposer(Partitions, _ => OutcomeMark.None);
        var frame = composer.Compose([call], _newest);
        foreach (var entry in frame.Entries)
        {
            _newest[entry.Partition] = entry.Number;
        }
        try
        {
            Assert.Empty(log.Append(frame));
        }
        catch (StoreFailure)
        {
            _doubtful = frame;
            throw;
        }
        frame.Dispose();
    }

    /// <summary>Number and text of each entry, which has one command.</summary>
    private static List<string> Read(IPartitionLog log, int partition, long after) =>
        [
            .. log.Read(partition, after)
                .Select(entry =>
                    $"{entry.Number} {Encoding.UTF8.GetString(entry.Content.Span[Command.HeaderBytes..])}"
                ),
        ];

    private void FailOnce(CommitStep at, bool isFull) =>
        _probe = step =>
        {
            if (step == at)
            {
                _probe = _ => { };
                throw new StoreFailure("A test wants it so.", isFull);
            }
        };
}
