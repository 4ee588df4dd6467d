using System.Text;
using Scoring.Core;
using Scoring.Core.Time;
using Scoring.Engine.Journal;
using Scoring.Engine.Storage;

namespace Scoring.Engine.Tests;

/// <summary>Group commits of entries that each have one command with a text.</summary>
internal static class TestFrames
{
    /// <summary>Makes a frame of entries that go on from the newest of their partitions, which they then are.</summary>
    public static JournalFrame Compose(long[] newest, params (int Partition, string Text)[] entries)
    {
        var call = new WriteCall(Durability.OnDisk, Instant.MinValue);
        foreach (var (partition, text) in entries)
        {
            var payload = new BlobWriter();
            payload.Bytes(Encoding.UTF8.GetBytes(text));
            call.Add(new WritePart(call, partition, CommandKind.RecordEvents, Workspace: 0, payload));
        }
        var frame = new FrameComposer(newest.Length, _ => OutcomeMark.None).Compose([call], newest);
        foreach (var entry in frame.Entries)
        {
            newest[entry.Partition] = entry.Number;
        }
        return frame;
    }

    /// <summary>Number and text of each entry of a partition behind one.</summary>
    public static List<string> Read(IPartitionLog log, int partition, long after) =>
        [
            .. log.Read(partition, after)
                .Select(entry =>
                    $"{entry.Number} {Encoding.UTF8.GetString(entry.Content.Span[Command.HeaderBytes..])}"
                ),
        ];
}
