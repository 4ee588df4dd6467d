using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

/// <summary>What the engine relies on of a log of partitions, whatever store it belongs to.</summary>
public abstract class PartitionLogSpecs : IDisposable
{
    private protected const int Partitions = 3;
    private readonly long[] _newest = new long[Partitions];
    private Action<CommitStep> _probe = _ => { };
    private JournalFrame? _doubtful;

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

        Assert.Equal(["1 a", "2 d"], TestFrames.Read(again, 0, after: 0));
        Assert.Equal(["1 e"], TestFrames.Read(again, 1, after: 0));
        Assert.Equal(["2 c", "3 f"], TestFrames.Read(again, 2, after: 1));
        Assert.Empty(TestFrames.Read(again, 2, after: 3));
    }

    [Fact]
    public void Several_entries_of_a_partition_in_a_group_commit_are_given_back_one_by_one()
    {
        var large = new string('x', 70_000);
        using (var log = Open())
        {
            log.StartWriting();
            // Entries are of about 64 KiB.
            Append(log, (1, large), (1, "a"), (0, "b"));
        }

        using var again = Open();

        Assert.Equal([$"1 {large}", "2 a"], TestFrames.Read(again, 1, after: 0));
        Assert.Equal(["2 a"], TestFrames.Read(again, 1, after: 1));
        Assert.Equal(["1 b"], TestFrames.Read(again, 0, after: 0));
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
        Assert.Equal(["400 399"], TestFrames.Read(again, 0, after: 399));
        Assert.Empty(TestFrames.Read(again, 1, after: 400));
        Assert.Throws<StoreException>(() => OpenAndRead(new LogSpan(3, 400), new LogSpan(400, 400), default));
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
        Assert.Equal(["1 a", "2 c"], TestFrames.Read(again, 0, after: 0));
    }

    [Theory]
    [InlineData((int)CommitStep.Begin)]
    [InlineData((int)CommitStep.Written)]
    [InlineData((int)CommitStep.Committed)]
    public void What_is_in_doubt_is_there_or_not_as_is_told_once_it_is_settled(int step)
    {
        bool isThere;
        using (var log = Open())
        {
            log.StartWriting();
            Append(log, (0, "a"));
            FailOnce((CommitStep)step, isFull: false);
            Assert.False(Assert.Throws<StoreFailure>(() => Append(log, (0, "b"), (1, "b"))).IsFull);
            var settled = log.Settle(_doubtful!);
            isThere = settled is not null;
            Assert.Empty(settled ?? []);
            if (!isThere)
            {
                (_newest[0], _newest[1]) = (1, 0);
            }
            Append(log, (0, "c"));
        }

        using var again = Open();
        Assert.Equal(isThere ? ["1 a", "2 b", "3 c"] : ["1 a", "2 c"], TestFrames.Read(again, 0, after: 0));
        Assert.Equal(isThere ? ["1 b"] : [], TestFrames.Read(again, 1, after: 0));
    }

    [Fact]
    public void A_log_that_does_not_reach_as_far_as_it_must_is_refused()
    {
        using (var log = Open())
        {
            log.StartWriting();
            Append(log, (1, "a"));
        }

        var error = Assert.Throws<StoreException>(() => OpenAndRead(default, new LogSpan(0, 2), default));

        Assert.Contains("ends at entry 1 of partition 1", error.Message, StringComparison.Ordinal);
    }

    public void Dispose()
    {
        _doubtful?.Dispose();
        Dispose(isDisposing: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>Removes the store.</summary>
    protected abstract void Dispose(bool isDisposing);

    /// <summary>Opens the log of the store, which nobody else has open any more, and is allowed to append to all of its partitions.</summary>
    /// <param name="spans">Which entries are needed.</param>
    /// <param name="probe">Told of steps.</param>
    private protected abstract IPartitionLog Open(IReadOnlyList<LogSpan> spans, Action<CommitStep> probe);

    private IPartitionLog Open(params LogSpan[] spans) =>
        Open(spans.Length > 0 ? spans : new LogSpan[Partitions], step => _probe(step));

    /// <summary>A store may look for what is missing when the log is opened, or when it is read.</summary>
    private void OpenAndRead(params LogSpan[] spans)
    {
        using var log = Open(spans);
        for (var partition = 0; partition < spans.Length; partition++)
        {
            TestFrames.Read(log, partition, spans[partition].After);
        }
    }

    private void Append(IPartitionLog log, params (int Partition, string Text)[] entries)
    {
        var frame = TestFrames.Compose(_newest, entries);
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
