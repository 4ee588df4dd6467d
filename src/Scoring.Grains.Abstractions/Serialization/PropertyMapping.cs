using System.Linq.Expressions;
using Scoring.Core.Time;

namespace Scoring.Grains.Serialization;

/// <summary>Makes a value of one type from the properties of another that have the same names.</summary>
internal static class PropertyMapping
{
    /// <summary>Compiles the way from one type to another: parameters of the constructor first, then what else can be set.</summary>
    /// <exception cref="ArgumentException">What can be set in one is not a property of the other.</exception>
    public static Func<TFrom, TTo> Between<TFrom, TTo>()
    {
        var from = Expression.Parameter(typeof(TFrom));
        var constructor = typeof(TTo).GetConstructors().MaxBy(made => made.GetParameters().Length)!;
        var parameters = constructor.GetParameters();
        var settable = typeof(TTo)
            .GetProperties()
            .Where(property => property.CanWrite && !Array.Exists(parameters, given => given.Name == property.Name));
        var made = Expression.MemberInit(
            Expression.New(constructor, parameters.Select(given => ValueOf(given.Name!, given.ParameterType))),
            settable.Select(property => Expression.Bind(property, ValueOf(property.Name, property.PropertyType)))
        );
        return Expression.Lambda<Func<TFrom, TTo>>(made, from).Compile();

        Expression ValueOf(string name, Type type) => As(Expression.Property(from, name), type);
    }

    private static Expression As(Expression value, Type type)
    {
        if (value.Type == type)
        {
            return value;
        }
        if (value.Type == typeof(Instant))
        {
            return Expression.Property(value, nameof(Instant.Ticks));
        }
        if (type == typeof(Instant))
        {
            return Expression.New(typeof(Instant).GetConstructor([typeof(long)])!, value);
        }
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Expression.Condition(
                Expression.Property(value, nameof(Nullable<>.HasValue)),
                Expression.Convert(As(Expression.Property(value, nameof(Nullable<>.Value)), inner), type),
                Expression.Default(type)
            );
        }
        return type.GetElementType() is { } item
            ? Expression.Call(typeof(Enumerable), nameof(Enumerable.ToArray), [item], value)
            : Expression.Convert(
                Expression.Coalesce(value, Expression.NewArrayInit(value.Type.GetElementType()!)),
                type
            );
    }
}
