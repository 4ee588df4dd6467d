using System.Buffers;
using System.Collections.Concurrent;
using Microsoft.AspNetCore.Connections;

namespace Scoring.Server.Memory;

/// <summary>The blocks of memory of all buffers of the server, used again. Few are kept while nobody uses them, so that memory goes back after a peak.</summary>
internal sealed class BlockPool : MemoryPool<byte>, IMemoryPoolFactory<byte>
{
    /// <summary>As many bytes as the framework's own blocks have.</summary>
    public const int BlockBytes = 4_096;

    private const int MostKept = (32 << 20) / BlockBytes;

    private readonly ConcurrentQueue<Block> _kept = [];
    private int _count;

    public override int MaxBufferSize => BlockBytes;

    /// <summary>Called by the framework, for what it receives into and sends from.</summary>
    public MemoryPool<byte> Create(MemoryPoolOptions? options = null) => this;

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1) => RentFor(user: null);

    /// <summary>A block for a connection, which is told when it is used no more.</summary>
    public IMemoryOwner<byte> RentFor(ConnectionMemory? user)
    {
        if (_kept.TryDequeue(out var block))
        {
            Interlocked.Decrement(ref _count);
        }
        else
        {
            block = new Block(this);
        }
        block.User = user;
        return block;
    }

    protected override void Dispose(bool disposing)
    {
        // Blocks are arrays that nobody else holds.
    }

    private void Return(Block block)
    {
        if (Interlocked.Increment(ref _count) <= MostKept)
        {
            _kept.Enqueue(block);
        }
        else
        {
            Interlocked.Decrement(ref _count);
        }
    }

    private sealed class Block(BlockPool pool) : IMemoryOwner<byte>
    {
        // Not pinned for good: sockets pin what they just receive into, and wait for data without a block.
        private readonly byte[] _bytes = GC.AllocateUninitializedArray<byte>(BlockBytes);

        /// <summary>Null: not one connection by itself.</summary>
        public ConnectionMemory? User { get; set; }

        public Memory<byte> Memory => _bytes;

        public void Dispose()
        {
            User?.BlockReturned();
            User = null;
            pool.Return(this);
        }
    }
}
