using System.Diagnostics.CodeAnalysis;
using Grpc.Core;
using Scoring.Server.Errors;

namespace Scoring.Server.Memory;

/// <summary>What one call takes of the memory for calls, beyond what every call needs. It is given back when the call has ended.</summary>
internal sealed class CallMemory : IDisposable
{
    /// <summary>What every call needs, while it is answered.</summary>
    public const int Least = 16 << 10;

    /// <summary>A message up to here is no more than every call needs.</summary>
    public const int SmallMessage = 8 << 10;

    private static readonly AsyncLocal<MessageScope?> Ambient = new();

    private readonly ConnectionMemory _connection;
    private readonly MemoryBudget _budget;
    private readonly HttpContext _http;
    private bool _forgetsHeaders;
    private long _taken;

    private CallMemory(HttpContext http)
    {
        _http = http;
        _connection = ConnectionMemory.Of(http);
        _budget = http.RequestServices.GetRequiredService<MemoryBudget>();
    }

    /// <summary>Where what reads a message here takes memory, if the message is not a small one.</summary>
    public static MessageScope? Message => Ambient.Value;

    /// <summary>That of a call.</summary>
    public static CallMemory Of(HttpContext http)
    {
        if (http.Features.Get<CallMemory>() is { } known)
        {
            return known;
        }
        var memory = new CallMemory(http);
        http.Features.Set(memory);
        http.Response.RegisterForDispose(memory);
        return memory;
    }

    /// <summary>Lets what reads a message find it by <see cref="Message"/>.</summary>
    public MessageScope BeginMessage() => Ambient.Value = new MessageScope(this);

    /// <summary>Takes bytes.</summary>
    /// <exception cref="RpcException">RESOURCE_EXHAUSTED: there are not so many left.</exception>
    public void Take(long bytes)
    {
        if (!TryTake(bytes, out var refused))
        {
            throw refused;
        }
    }

    /// <summary>Takes bytes, if there are so many.</summary>
    public bool TryTake(long bytes, [NotNullWhen(false)] out RpcException? refused)
    {
        refused = _connection.TryTake(bytes, isLeast: false) ? null : Refused(_budget, bytes);
        Interlocked.Add(ref _taken, refused is null ? bytes : 0);
        return refused is null;
    }

    /// <summary>Takes bytes for the headers of the request, if there are so many. They are forgotten when the call has ended, though its answer may wait to be read.</summary>
    public bool TryTakeHeaders(long bytes, [NotNullWhen(false)] out RpcException? refused)
    {
        _forgetsHeaders = true;
        return TryTake(bytes, out refused);
    }

    /// <summary>Gives some of them back before the call ends.</summary>
    public void Return(long bytes)
    {
        Interlocked.Add(ref _taken, -bytes);
        _connection.Return(bytes);
    }

    public void Dispose()
    {
        if (_forgetsHeaders)
        {
            _http.Request.Headers.Clear();
        }
        _connection.Return(Interlocked.Exchange(ref _taken, 0));
    }

    /// <summary>The status of a call that there is no memory for.</summary>
    public static RpcException Refused(MemoryBudget budget, long bytes) =>
        CallErrors.OutOfCallMemory(bytes, budget.Limit, budget.LimitOfConnection);

    /// <summary>What is taken while one message is read.</summary>
    internal sealed class MessageScope(CallMemory memory)
    {
        public long Taken { get; private set; }

        /// <inheritdoc cref="CallMemory.Take"/>
        public void Take(long bytes)
        {
            memory.Take(bytes);
            Taken += bytes;
        }
    }
}
