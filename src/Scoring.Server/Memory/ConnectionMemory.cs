using System.Buffers;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace Scoring.Server.Memory;

/// <summary>What one connection makes the server hold. It is the pool that the server's buffers for the connection come from, so what is in them is counted as it is.</summary>
/// <remarks>
/// <para>Calls take beforehand what they will need beside that. A call that is refused ends with RESOURCE_EXHAUSTED.</para>
/// <para>
/// What arrives without a call that waits for it, up to the windows of HTTP/2, cannot be refused in this way: a connection that holds a quarter more than it may, or much
/// while all hold a quarter more than they may, is closed.
/// </para>
/// </remarks>
internal sealed class ConnectionMemory : MemoryPool<byte>, IMemoryPoolFeature
{
    /// <summary>It is taken from the budget in steps. A connection has one always, which is what the server needs for it.</summary>
    private const int Step = 32 << 10;

    /// <summary>Most connections never hold so much.</summary>
    private const int Much = 256 << 10;

    /// <summary>A block among the first ones stands for a stream as well; those of a long message do not.</summary>
    private const int BlocksOfStreams = 128;

    private const int AroundStream = 8 << 10;

    /// <summary>Blocks of a connection that has ended count no more.</summary>
    private const int Ended = int.MinValue / 2;

    private readonly Lock _gate = new();
    private readonly MemoryBudget _budget;
    private readonly BlockPool _pool;
    private readonly ConnectionContext _connection;
    private long _held;
    private long _granted = Step;
    private long _slack = 2 * Step;
    private int _blocks;
    private bool _isOverfull;

    private ConnectionMemory(MemoryBudget budget, BlockPool pool, ConnectionContext connection) =>
        (_budget, _pool, _connection) = (budget, pool, connection);

    public override int MaxBufferSize => BlockPool.BlockBytes;

    MemoryPool<byte> IMemoryPoolFeature.MemoryPool => this;

    /// <summary>That of the connection by which a request came.</summary>
    public static ConnectionMemory Of(HttpContext http) => http.Features.GetRequiredFeature<ConnectionMemory>();

    /// <summary>Gives a connection its memory.</summary>
    /// <param name="budget">The budget of all.</param>
    /// <param name="pool">Where blocks come from.</param>
    /// <param name="connection">The connection.</param>
    /// <param name="isRefusable">Whether there may be none for it.</param>
    /// <returns>Null: there is none left. It is disposed of when the connection has ended.</returns>
    public static ConnectionMemory? TryOpen(
        MemoryBudget budget,
        BlockPool pool,
        ConnectionContext connection,
        bool isRefusable
    )
    {
        if (!isRefusable)
        {
            budget.Take(Step);
        }
        else if (!budget.TryTake(Step, isLeast: false))
        {
            return null;
        }
        var memory = new ConnectionMemory(budget, pool, connection);
        connection.Features.Set(memory);
        connection.Features.Set<IMemoryPoolFeature>(memory);
        return memory;
    }

    /// <summary>Takes bytes if there are so many.</summary>
    /// <param name="bytes">How many.</param>
    /// <param name="isLeast">Whether they are what every call needs at least.</param>
    public bool TryTake(long bytes, bool isLeast)
    {
        if (Interlocked.Add(ref _held, bytes) <= Volatile.Read(ref _granted) || TryGrow(isLeast))
        {
            return true;
        }
        Return(bytes);
        _budget.CountRefused();
        return false;
    }

    public void Return(long bytes)
    {
        if (Interlocked.Add(ref _held, -bytes) < Volatile.Read(ref _granted) - Volatile.Read(ref _slack))
        {
            Shrink();
        }
    }

    public override IMemoryOwner<byte> Rent(int minBufferSize = -1)
    {
        ArgumentOutOfRangeException.ThrowIfGreaterThan(minBufferSize, BlockPool.BlockBytes);
        var charge = ChargeOf(Interlocked.Increment(ref _blocks));
        if (Interlocked.Add(ref _held, charge) > Volatile.Read(ref _granted))
        {
            Overtake();
        }
        return _pool.RentFor(this);
    }

    /// <summary>Takes note that a block is used no more.</summary>
    public void BlockReturned() => Return(ChargeOf(Interlocked.Decrement(ref _blocks) + 1));

    /// <summary>What calls still hold is given back as they end, also after the connection has. Of its blocks not all come back.</summary>
    protected override void Dispose(bool disposing)
    {
        Volatile.Write(ref _slack, 0);
        var blocks = Interlocked.Exchange(ref _blocks, Ended);
        Interlocked.Add(
            ref _held,
            -(((long)blocks * BlockPool.BlockBytes) + (Math.Min(blocks, BlocksOfStreams) * AroundStream))
        );
        Shrink();
    }

    private static int ChargeOf(int block) =>
        block <= 0 ? 0
        : block <= BlocksOfStreams ? BlockPool.BlockBytes + AroundStream
        : BlockPool.BlockBytes;

    private static long InSteps(long bytes) => (bytes + Step - 1) / Step * Step;

    private bool TryGrow(bool isLeast)
    {
        lock (_gate)
        {
            var wanted = InSteps(Volatile.Read(ref _held));
            if (wanted > _granted)
            {
                if (wanted > _budget.LimitOfConnection || !_budget.TryTake(wanted - _granted, isLeast))
                {
                    return false;
                }
                Volatile.Write(ref _granted, wanted);
            }
            return true;
        }
    }

    /// <summary>Takes what is held already, whether there is so much or not.</summary>
    private void Overtake()
    {
        lock (_gate)
        {
            var wanted = InSteps(Volatile.Read(ref _held));
            if (wanted > _granted)
            {
                _budget.Take(wanted - _granted);
                Volatile.Write(ref _granted, wanted);
            }
            var isOverfull =
                wanted > _budget.LimitOfConnection + (_budget.LimitOfConnection / 4)
                || (wanted > Much && _budget.IsOverrun);
            if (isOverfull && !_isOverfull)
            {
                _isOverfull = true;
                Close();
            }
        }
    }

    /// <summary>Not at once: whoever rents a block holds locks of the connection.</summary>
    private void Close()
    {
        _budget.CountOverfull();
        ThreadPool.UnsafeQueueUserWorkItem(
            static connection =>
                connection.Abort(new ConnectionAbortedException("The connection made the server hold too much.")),
            _connection,
            preferLocal: false
        );
    }

    private void Shrink()
    {
        lock (_gate)
        {
            var held = Volatile.Read(ref _held);
            var wanted = _slack == 0 ? held : InSteps(held) + Step;
            if (wanted < _granted)
            {
                _budget.Return(_granted - wanted);
                Volatile.Write(ref _granted, wanted);
            }
        }
    }
}
