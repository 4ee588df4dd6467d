using System.Reflection;
using Google.Protobuf.Reflection;

namespace Scoring.Rpc.Binding;

/// <summary>What the handler of a method takes and gives.</summary>
/// <param name="Input">The type of its first parameter; the second is the <see cref="CallContext"/>.</param>
/// <param name="Outputs">The types that it may return.</param>
internal sealed record HandlerSignature(Type Input, IReadOnlyList<Type> Outputs)
{
    public static HandlerSignature Of(MethodDescriptor method)
    {
        var (request, response) = (method.InputType.ClrType, method.OutputType.ClrType);
        return new HandlerSignature(
            method.IsClientStreaming ? typeof(IAsyncEnumerable<>).MakeGenericType(request) : request,
            method.IsServerStreaming
                ? [typeof(IAsyncEnumerable<>).MakeGenericType(response)]
                : [typeof(Task<>).MakeGenericType(response), typeof(ValueTask<>).MakeGenericType(response)]
        );
    }

    public bool Fits(MethodInfo method) =>
        !method.IsGenericMethod
        && Outputs.Contains(method.ReturnType)
        && method.GetParameters().Select(p => p.ParameterType).SequenceEqual([Input, typeof(CallContext)]);

    /// <summary>The signatures that would do, as C# writes them.</summary>
    public string Describe(string name) =>
        string.Join(" or ", Outputs.Select(output => $"{Name(output)} {name}({Name(Input)}, {nameof(CallContext)})"));

    /// <summary>A method as C# writes it.</summary>
    public static string Describe(MethodInfo method) =>
        $"{Name(method.ReturnType)} {method.Name}({string.Join(", ", method.GetParameters().Select(p => Name(p.ParameterType)))})";

    private static string Name(Type type) =>
        type.IsGenericType
            ? $"{type.Name[..type.Name.IndexOf('`', StringComparison.Ordinal)]}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
}
