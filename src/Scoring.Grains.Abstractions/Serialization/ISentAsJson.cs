using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using Orleans.Serialization.Cloning;

namespace Scoring.Grains.Serialization;

/// <summary>Sends a type of the domain, which knows nothing of Orleans, as JSON: for what is not sent with every event or score.</summary>
/// <remarks>
/// What can be set is sent by its name, so names never change, and properties are only added. A server of the version before skips one that it does not
/// know; to one of the version after, one that is not sent has its default, which for a list is to be an empty one. Within a silo values are handed on as
/// they are: nothing changes them.
/// </remarks>
/// <typeparam name="T">The type of the domain.</typeparam>
public interface ISentAsJson<T> : IConverter<T, JsonSurrogate>, IDeepCopier<T>
{
    T IConverter<T, JsonSurrogate>.ConvertFromSurrogate(in JsonSurrogate surrogate) =>
        JsonSerializer.Deserialize<T>(surrogate.Json, JsonSurrogate.Options)!;

    JsonSurrogate IConverter<T, JsonSurrogate>.ConvertToSurrogate(in T value) =>
        new(JsonSerializer.SerializeToUtf8Bytes(value, JsonSurrogate.Options));

    T? IDeepCopier<T>.DeepCopy(T? input, CopyContext context) => input;
}

/// <summary>A value of <see cref="ISentAsJson{T}"/> as it is sent.</summary>
/// <param name="Json">The value, in UTF-8.</param>
[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.json"), Immutable]
public readonly record struct JsonSurrogate([property: Id(0)] byte[] Json)
{
    /// <summary>How values are written and read.</summary>
    internal static JsonSerializerOptions Options { get; } =
        new()
        {
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { SendWhatIsGiven } },
        };

    /// <summary>Sends no property that follows from others, and requires none.</summary>
    private static void SendWhatIsGiven(JsonTypeInfo type)
    {
        foreach (var property in type.Properties)
        {
            property.IsRequired = false;
            property.Get = property is { Set: null, AssociatedParameter: null } ? null : property.Get;
        }
    }
}
