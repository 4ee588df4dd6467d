using System.Buffers;
using System.IO.Pipelines;

namespace Scoring.Rpc.FuzzTests;

/// <summary>The same bytes, cut into segments of any length, some of which are not there yet when the first are read.</summary>
internal static class Chopped
{
    public static ReadOnlySequence<byte> Sequence(byte[] bytes, Random random)
    {
        var most = random.Next(3) == 0 ? 1 : random.Next(2, 64);
        Segment? first = null;
        Segment? last = null;
        for (var at = 0; at < bytes.Length; )
        {
            var length = Math.Min(bytes.Length - at, random.Next(1, most + 1) * (1 + (bytes.Length / 4096)));
            last = new Segment(bytes.AsMemory(at, length), last);
            first ??= last;
            at += length;
        }

        return first is null
            ? ReadOnlySequence<byte>.Empty
            : new ReadOnlySequence<byte>(first, 0, last!, last!.Memory.Length);
    }

    /// <summary>A pipe that gives one more segment with every read that has examined all before.</summary>
    public static PipeReader Pipe(byte[] bytes, Random random) => new GradualReader(Sequence(bytes, random));

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(ReadOnlyMemory<byte> memory, Segment? before)
        {
            Memory = memory;
            if (before is not null)
            {
                before.Next = this;
                RunningIndex = before.RunningIndex + before.Memory.Length;
            }
        }
    }

    private sealed class GradualReader(ReadOnlySequence<byte> rest) : PipeReader
    {
        private ReadOnlySequence<byte> _rest = rest;
        private ReadOnlySequence<byte> _given;
        private long _there = Math.Min(1, rest.Length);

        public override ValueTask<ReadResult> ReadAsync(CancellationToken cancellationToken = default) =>
            ValueTask.FromResult(Read());

        public override void AdvanceTo(SequencePosition consumed) => AdvanceTo(consumed, consumed);

        public override void AdvanceTo(SequencePosition consumed, SequencePosition examined)
        {
            var taken = _rest.Slice(0, consumed).Length;
            var seenAll = _given.Slice(examined).IsEmpty;
            _rest = _rest.Slice(consumed);
            _there -= taken;
            if (seenAll && _there < _rest.Length)
            {
                var next = _rest.Slice(_there);
                _there += next.FirstSpan.Length;
            }
        }

        public override bool TryRead(out ReadResult result)
        {
            result = Read();
            return true;
        }

        public override void CancelPendingRead() { }

        private ReadResult Read()
        {
            _given = _rest.Slice(0, _there);
            return new ReadResult(_given, isCanceled: false, _there == _rest.Length);
        }

        public override void Complete(Exception? exception = null) { }
    }
}
