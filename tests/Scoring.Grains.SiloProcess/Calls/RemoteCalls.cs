using System.Net.Sockets;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Scoring.Grains.SiloProcess.Calls;

/// <summary>An interface of other processes.</summary>
internal class RemoteCalls : DispatchProxy
{
    private static readonly MethodInfo CallAndReturn = typeof(RemoteCalls).GetMethod(
        nameof(CallAsync),
        BindingFlags.NonPublic | BindingFlags.Instance
    )!;

    private static readonly MethodInfo CallAndEnumerate = typeof(RemoteCalls).GetMethod(
        nameof(EnumerateAsync),
        BindingFlags.NonPublic | BindingFlags.Instance
    )!;

    private Func<Call, CancellationToken, Task<Answer>> _ask = null!;

    /// <summary>Gives an interface whose methods are asked of others.</summary>
    /// <param name="ask">Asks the one whose turn it is.</param>
    public static T Of<T>(Func<Call, CancellationToken, Task<Answer>> ask)
        where T : class
    {
        var calls = Create<T, RemoteCalls>();
        ((RemoteCalls)(object)calls)._ask = ask;
        return calls;
    }

    /// <summary>Asks the process that listens at an endpoint.</summary>
    public static async Task<Answer> AskAsync(
        UnixDomainSocketEndPoint endpoint,
        Call call,
        CancellationToken cancellationToken
    )
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(endpoint, cancellationToken);
        await using var stream = new NetworkStream(socket);
        await CallForm.WriteAsync(stream, call, cancellationToken);
        return await CallForm.ReadAsync<Answer>(stream, cancellationToken);
    }

    /// <inheritdoc/>
    protected override object? Invoke(MethodInfo? targetMethod, object?[]? args)
    {
        var parameters = targetMethod!.GetParameters();
        var sent = parameters[..^1]
            .Zip(
                args!,
                (parameter, value) =>
                    JsonSerializer.SerializeToElement(value, parameter.ParameterType, CallForm.Options)
            );
        var call = new Call(targetMethod.Name, [.. sent]);
        var cancellationToken = (CancellationToken)args![^1]!;
        return targetMethod.ReturnType is { IsGenericType: true } type
            ? (type.GetGenericTypeDefinition() == typeof(IAsyncEnumerable<>) ? CallAndEnumerate : CallAndReturn)
                .MakeGenericMethod(targetMethod.ReturnType.GetGenericArguments())
                .Invoke(this, [call, cancellationToken])
            : new ValueTask(CallAsync<object>(call, cancellationToken).AsTask());
    }

    /// <summary>What comes one after the other comes as a list.</summary>
    private async IAsyncEnumerable<T> EnumerateAsync<T>(
        Call call,
        [EnumeratorCancellation] CancellationToken cancellationToken
    )
    {
        foreach (var item in await CallAsync<List<T>>(call, cancellationToken))
        {
            yield return item;
        }
    }

    private async ValueTask<T> CallAsync<T>(Call call, CancellationToken cancellationToken)
    {
        var answer = await _ask(call, cancellationToken);
        if (answer.Refusal is { } refusal)
        {
            throw refusal.ToException();
        }
        if (answer.Failure is { } failure)
        {
            throw new InvalidOperationException(failure);
        }
        return answer.Value is { } value ? value.Deserialize<T>(CallForm.Options)! : default!;
    }
}
