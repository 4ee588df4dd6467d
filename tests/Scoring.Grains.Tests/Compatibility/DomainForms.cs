using System.Globalization;
using System.Reflection;
using Microsoft.Extensions.DependencyInjection;
using Orleans.Serialization;
using Scoring.Core;
using Scoring.Core.Evaluation;
using Scoring.Core.Facts;
using Scoring.Core.Filters;
using Scoring.Core.Models;

namespace Scoring.Grains.Tests.Compatibility;

/// <summary>An example of every type of the domain that is sent, and its form.</summary>
internal static class DomainForms
{
    private static readonly ServiceProvider Services = new ServiceCollection().AddSerializer().BuildServiceProvider();
    private static readonly Serializer Serializer = Services.GetRequiredService<Serializer>();
    private static readonly DeepCopier Copier = Services.GetRequiredService<DeepCopier>();

    /// <summary>The types.</summary>
    public static IReadOnlyList<Type> Types { get; } =
    [
        .. new[] { typeof(ICustomerGrain).Assembly, typeof(GrainOptions).Assembly }
            .SelectMany(assembly => assembly.GetTypes())
            .Where(type => type.IsDefined(typeof(RegisterConverterAttribute)))
            .SelectMany(type => type.GetInterfaces())
            .Where(type => type.IsGenericType && type.GetGenericTypeDefinition() == typeof(IConverter<,>))
            .Select(type => type.GenericTypeArguments[0]),
    ];

    /// <summary>A value in which every field is set, and each to another value than the one before.</summary>
    public static object ExampleOf(Type type)
    {
        var count = 0;
        return Make(type);

        object Make(Type wanted)
        {
            if (wanted == typeof(string))
            {
                return string.Create(CultureInfo.InvariantCulture, $"text {++count}");
            }
            if (wanted == typeof(Filter))
            {
                return Filter.Parse("plan = \"pro\"");
            }
            if (wanted == typeof(Condition))
            {
                return Filter.Parse("plan = \"pro\"").Condition;
            }
            if (wanted == typeof(OutcomeRule))
            {
                return new OutcomeRule.OfEvent((string)Make(typeof(string)), (bool)Make(typeof(bool)));
            }
            if (wanted == typeof(Term))
            {
                // Without a dimension: a part of a score that has one is sent otherwise.
                return new EventTerm(
                    (string)Make(typeof(string)),
                    (int)Make(typeof(int)),
                    (Measure)Make(typeof(Measure)),
                    (double)Make(typeof(double)),
                    (double)Make(typeof(double))
                );
            }
            if (wanted == typeof(ScoringException))
            {
                return new ScoringException(ScoringError.Unavailable, "no")
                {
                    Field = "field",
                    Subject = "subject",
                    RetryAfter = TimeSpan.FromSeconds(1),
                };
            }
            if (wanted == typeof(bool))
            {
                return true;
            }
            if (wanted == typeof(TimeSpan))
            {
                return TimeSpan.FromMinutes(++count);
            }
            if (wanted.IsEnum)
            {
                return Enum.GetValues(wanted).GetValue(1)!;
            }
            if (wanted.IsPrimitive)
            {
                return Convert.ChangeType(++count, wanted, CultureInfo.InvariantCulture);
            }
            if (Nullable.GetUnderlyingType(wanted) is { } value)
            {
                return Make(value);
            }
            if (wanted == typeof(Int128))
            {
                return (Int128)(++count);
            }
            if (ElementOf(wanted) is { } element)
            {
                var items = Array.CreateInstance(element, 2);
                items.SetValue(Make(element), 0);
                items.SetValue(Make(element), 1);
                return wanted.IsAssignableFrom(items.GetType()) ? items : Activator.CreateInstance(wanted, items)!;
            }
            return Record(wanted);
        }

        static Type? ElementOf(Type list) =>
            list.IsArray && list != typeof(byte[]) ? list.GetElementType()
            : !list.IsGenericType ? null
            : list.GetGenericTypeDefinition() is var of && (of == typeof(IReadOnlyList<>) || of == typeof(List<>))
                ? list.GenericTypeArguments[0]
            : null;

        object Record(Type wanted)
        {
            var constructor = wanted.GetConstructors().MaxBy(made => made.GetParameters().Length)!;
            var record = constructor.Invoke([.. constructor.GetParameters().Select(p => Make(p.ParameterType))]);
            var rest = wanted
                .GetProperties(BindingFlags.Public | BindingFlags.Instance)
                .Where(p => p.CanWrite && constructor.GetParameters().All(given => given.Name != p.Name));
            foreach (var property in rest)
            {
                property.SetValue(record, Make(property.PropertyType));
            }
            return record;
        }
    }

    /// <summary>What is sent.</summary>
    public static byte[] Write(object value) => Serializer.SerializeToArray(value);

    /// <summary>What a grain of the same silo gets.</summary>
    public static object HandOn(object value) => Copier.Copy(value);

    /// <summary>What comes of it.</summary>
    public static object Read(byte[] form) => Serializer.Deserialize<object>(form)!;
}
