using System.Reflection;
using Google.Protobuf.Reflection;

namespace Scoring.Rpc.Binding;

/// <summary>What the handler of a method takes and gives.</summary>
/// <param name="Inputs">The types that its first parameter may have; the second is the <see cref="CallContext"/>.</param>
/// <param name="Outputs">The types that it may return.</param>
internal sealed record HandlerSignature(IReadOnlyList<Type> Inputs, IReadOnlyList<Type> Outputs)
{
    public static HandlerSignature Of(MethodDescriptor method)
    {
        var (request, response) = (method.InputType.ClrType, method.OutputType.ClrType);
        Type[] requests = [request, typeof(EncodedMessage<>).MakeGenericType(request)];
        return new HandlerSignature(
            [
                .. requests.Select(type =>
                    method.IsClientStreaming ? typeof(IAsyncEnumerable<>).MakeGenericType(type) : type
                ),
            ],
            method.IsServerStreaming
                ? [typeof(IAsyncEnumerable<>).MakeGenericType(response)]
                : [typeof(Task<>).MakeGenericType(response), typeof(ValueTask<>).MakeGenericType(response)]
        )
        {
            EncodedOutput =
                method.IsServerStreaming || method.IsClientStreaming
                    ? null
                    : typeof(ValueTask<>).MakeGenericType(typeof(EncodedMessage<>).MakeGenericType(response)),
        };
    }

    /// <summary>What the handler of a unary method may return when it writes the response's bytes itself; null for other methods.</summary>
    public Type? EncodedOutput { get; private init; }

    public bool Fits(MethodInfo method) =>
        !method.IsGenericMethod
        && (Outputs.Contains(method.ReturnType) || method.ReturnType == EncodedOutput)
        && method.GetParameters() is [var input, var context]
        && Inputs.Contains(input.ParameterType)
        && context.ParameterType == typeof(CallContext);

    /// <summary>The signatures that would do, as C# writes them.</summary>
    public string Describe(string name) =>
        string.Join(
            " or ",
            Outputs.Select(output => $"{Name(output)} {name}({Name(Inputs[0])}, {nameof(CallContext)})")
        );

    /// <summary>A method as C# writes it.</summary>
    public static string Describe(MethodInfo method) =>
        $"{Name(method.ReturnType)} {method.Name}({string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)))})";

    private static string Name(Type type) =>
        type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
}
