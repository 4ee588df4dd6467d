using System.IO.Compression;
using Grpc.Net.Compression;
using Scoring.Server.Errors;
using Scoring.Server.Memory;

namespace Scoring.Server.Calls;

/// <summary>A way to compress whose messages become no longer than a message may be: the framework looks at that only before they are expanded.</summary>
/// <param name="inner">The way to compress.</param>
/// <param name="maxMessageBytes">Most bytes of a message.</param>
internal sealed class BoundedCompression(ICompressionProvider inner, int maxMessageBytes) : ICompressionProvider
{
    public string EncodingName => inner.EncodingName;

    /// <summary>Those that the framework has.</summary>
    public static IEnumerable<ICompressionProvider> Of(int maxMessageBytes) =>
        new ICompressionProvider[]
        {
            new GzipCompressionProvider(CompressionLevel.Fastest),
            new DeflateCompressionProvider(CompressionLevel.Fastest),
        }.Select(provider => new BoundedCompression(provider, maxMessageBytes));

    public Stream CreateCompressionStream(Stream stream, CompressionLevel? compressionLevel) =>
        inner.CreateCompressionStream(stream, compressionLevel);

    public Stream CreateDecompressionStream(Stream stream) =>
        new Bounded(inner.CreateDecompressionStream(stream), maxMessageBytes);

    private sealed class Bounded(Stream expanded, int mostBytes) : Stream
    {
        // A list that grows is twice as long as what is in it, and was half of that before; a copy and what is made of it come beside.
        private const int Copies = 4;

        private long _read;
        private long _allowed = CallMemory.SmallMessage;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position
        {
            get => throw new NotSupportedException();
            set => throw new NotSupportedException();
        }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var read = expanded.Read(buffer);
            _read += read;
            if (_read > mostBytes)
            {
                throw CallErrors.BodyTooLarge(mostBytes);
            }
            for (; _read > _allowed; _allowed *= 2)
            {
                CallMemory.Message?.Take(Copies * _allowed);
            }
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

        protected override void Dispose(bool disposing)
        {
            if (disposing)
            {
                expanded.Dispose();
            }
            base.Dispose(disposing);
        }
    }
}
