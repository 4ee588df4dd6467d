using System.Reflection;
using System.Reflection.Emit;

namespace Scoring.Core.Tests.Layers;

/// <summary>Which namespaces of an assembly use which others of it, read from its compiled code.</summary>
/// <remarks>Uses of constants and those in comments leave no trace there.</remarks>
internal sealed class NamespaceUses
{
    private const BindingFlags Declared =
        BindingFlags.DeclaredOnly
        | BindingFlags.Public
        | BindingFlags.NonPublic
        | BindingFlags.Static
        | BindingFlags.Instance;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    private readonly Assembly _assembly;

    // From a namespace to those that it uses, each with an example: "type that uses -> type that is used".
    private readonly SortedDictionary<string, SortedDictionary<string, string>> _uses = new(StringComparer.Ordinal);

    public NamespaceUses(Assembly assembly)
    {
        _assembly = assembly;
        foreach (var type in assembly.GetTypes())
        {
            Add(type, [type.BaseType, .. type.GetInterfaces(), .. type.GetGenericArguments()]);
            Add(type, type.GetCustomAttributesData().Select(a => a.AttributeType));
            Add(type, type.GetFields(Declared).Select(field => field.FieldType));
            foreach (var method in type.GetMethods(Declared).Concat<MethodBase>(type.GetConstructors(Declared)))
            {
                Add(type, TypesIn(method));
            }
        }
    }

    /// <summary>A way from a namespace over others back to it, one use a line; null when there is none.</summary>
    public string? FindCycle()
    {
        var settled = new HashSet<string>(StringComparer.Ordinal);
        return _uses.Keys.Select(start => FindCycle(start, [], settled)).FirstOrDefault(cycle => cycle is not null);
    }

    private string? FindCycle(string from, List<string> path, HashSet<string> settled)
    {
        if (path.IndexOf(from) is var start and >= 0)
        {
            List<string> cycle = [.. path[start..], from];
            return string.Join('\n', cycle.Zip(cycle.Skip(1), (user, used) => $"{user}: {_uses[user][used]}"));
        }
        if (settled.Contains(from) || !_uses.TryGetValue(from, out var uses))
        {
            return null;
        }
        path.Add(from);
        var found = uses.Keys.Select(used => FindCycle(used, path, settled)).FirstOrDefault(cycle => cycle is not null);
        path.RemoveAt(path.Count - 1);
        settled.Add(from);
        return found;
    }

    private void Add(Type user, IEnumerable<Type?> types)
    {
        foreach (var used in types.SelectMany(PartsOf))
        {
            // Types without a namespace are the compiler's.
            if (
                used.Assembly == _assembly
                && user.Namespace is { } from
                && used.Namespace is { } to
                && !string.Equals(from, to, StringComparison.Ordinal)
            )
            {
                if (!_uses.TryGetValue(from, out var uses))
                {
                    _uses[from] = uses = new(StringComparer.Ordinal);
                }
                uses.TryAdd(to, $"{user} -> {used}");
            }
        }
    }

    private static IEnumerable<Type> PartsOf(Type? type) =>
        type switch
        {
            null or { IsGenericParameter: true } => [],
            { HasElementType: true } => PartsOf(type.GetElementType()),
            { IsConstructedGenericType: true } =>
            [
                type.GetGenericTypeDefinition(),
                .. type.GetGenericArguments().SelectMany(PartsOf),
            ],
            _ => [type],
        };

    private static IEnumerable<Type?> TypesIn(MethodBase method) =>
        [
            (method as MethodInfo)?.ReturnType,
            .. method.GetParameters().Select(parameter => parameter.ParameterType),
            .. method.GetMethodBody()?.LocalVariables.Select(local => local.LocalType) ?? [],
            .. TokensIn(method).SelectMany(token => TypesOf(method, token)),
        ];

    private static IEnumerable<Type?> TypesOf(MethodBase method, int token)
    {
        var member = method.Module.ResolveMember(
            token,
            method.DeclaringType?.GetGenericArguments(),
            method.IsGenericMethod ? method.GetGenericArguments() : null
        );
        return member switch
        {
            Type type => [type],
            MethodInfo { IsGenericMethod: true } called => [called.DeclaringType, .. called.GetGenericArguments()],
            _ => [member?.DeclaringType],
        };
    }

    /// <summary>The types, fields and methods that the code of a method names.</summary>
    private static List<int> TokensIn(MethodBase method)
    {
        var code = method.GetMethodBody()?.GetILAsByteArray() ?? [];
        var tokens = new List<int>();
        for (var at = 0; at < code.Length; )
        {
            // Codes of two bytes begin with 0xFE.
            var value = code[at] == 0xFE ? (short)(0xFE00 | code[at + 1]) : code[at];
            var operation = Codes[value];
            at += operation.Size;
            if (
                operation.OperandType
                is OperandType.InlineField
                    or OperandType.InlineMethod
                    or OperandType.InlineTok
                    or OperandType.InlineType
            )
            {
                tokens.Add(BitConverter.ToInt32(code, at));
            }
            at += LengthOf(operation.OperandType, code, at);
        }
        return tokens;
    }

    private static int LengthOf(OperandType operand, byte[] code, int at) =>
        operand switch
        {
            OperandType.InlineNone => 0,
            OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
            OperandType.InlineVar => 2,
            OperandType.InlineI8 or OperandType.InlineR => 8,
            OperandType.InlineSwitch => 4 + (4 * BitConverter.ToInt32(code, at)),
            _ => 4,
        };
}
