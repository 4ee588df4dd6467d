using System.Net.Sockets;
using System.Reflection;
using System.Text.Json;
using Scoring.Core;

namespace Scoring.Grains.SiloProcess.Calls;

/// <summary>Answers calls from another process, each by a connection of its own.</summary>
internal sealed class CallListener : IDisposable
{
    private const int Waiting = 128;
    private static readonly MethodInfo Await = typeof(CallListener).GetMethod(
        nameof(AwaitAsync),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    private static readonly MethodInfo AwaitMany = typeof(CallListener).GetMethod(
        nameof(AwaitManyAsync),
        BindingFlags.NonPublic | BindingFlags.Static
    )!;

    private readonly Socket _socket = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly Dictionary<string, (MethodInfo Method, Func<object> Target)> _methods = [];

    /// <param name="endpoint">Where it listens.</param>
    public CallListener(UnixDomainSocketEndPoint endpoint) => _socket.Bind(endpoint);

    /// <summary>Answers the calls of an interface, whose methods have names of their own.</summary>
    public void Answer<T>(Func<T> target)
        where T : class
    {
        foreach (var method in typeof(T).GetMethods())
        {
            _methods.Add(method.Name, (method, target));
        }
    }

    /// <summary>Begins to listen.</summary>
    public void Start()
    {
        _socket.Listen(Waiting);
        _ = AcceptAsync();
    }

    /// <inheritdoc/>
    public void Dispose() => _socket.Dispose();

    private static async Task<JsonElement?> AwaitAsync<T>(ValueTask<T> task) =>
        JsonSerializer.SerializeToElement(await task, CallForm.Options);

    /// <summary>What comes one after the other goes as a list.</summary>
    private static async Task<JsonElement?> AwaitManyAsync<T>(IAsyncEnumerable<T> items)
    {
        var all = new List<T>();
        await foreach (var item in items)
        {
            all.Add(item);
        }
        return JsonSerializer.SerializeToElement(all, CallForm.Options);
    }

    private async Task AcceptAsync()
    {
        while (true)
        {
            _ = AnswerAsync(await _socket.AcceptAsync());
        }
    }

    private async Task AnswerAsync(Socket connection)
    {
        try
        {
            await using var stream = new NetworkStream(connection, ownsSocket: true);
            var call = await CallForm.ReadAsync<Call>(stream, CancellationToken.None);
            await CallForm.WriteAsync(stream, await AnswerAsync(call), CancellationToken.None);
        }
        catch (IOException)
        {
            // The caller waits no longer.
        }
    }

    private async Task<Answer> AnswerAsync(Call call)
    {
        try
        {
            return new(await InvokeAsync(call), null, null);
        }
        catch (ScoringException e)
        {
            return new(null, Refusal.Of(e), null);
        }
        catch (Exception e)
        {
            return new(null, null, e.ToString());
        }
    }

    private async Task<JsonElement?> InvokeAsync(Call call)
    {
        var (method, target) = _methods[call.Method];
        object?[] arguments =
        [
            .. call.Arguments.Zip(
                method.GetParameters(),
                (sent, parameter) => sent.Deserialize(parameter.ParameterType, CallForm.Options)
            ),
            CancellationToken.None,
        ];
        try
        {
            var task = method.Invoke(target(), BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
            if (task is ValueTask done)
            {
                await done;
                return null;
            }
            var result = method.ReturnType.GetGenericArguments();
            var isMany = method.ReturnType.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>);
            return await (Task<JsonElement?>)
                (isMany ? AwaitMany : Await).MakeGenericMethod(result).Invoke(null, [task])!;
        }
        finally
        {
            Array.ForEach(arguments, argument => (argument as IDisposable)?.Dispose());
        }
    }
}
