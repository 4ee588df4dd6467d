namespace Scoring.Grains.Serialization;

/// <summary>Converts between a type of the domain and the surrogate that it is sent as, whose properties are those of the type by the same names.</summary>
/// <remarks>
/// <para>
/// The domain knows nothing of Orleans. A surrogate says which of its properties are sent, under which id; that is the one place for a new field. Lists are
/// sent as arrays and instants as their ticks.
/// </para>
/// <para>
/// Ids and aliases never change; fields are only added. A server of the version before skips a field that it does not know; to one of the version after, a
/// field that is not sent is null, 0, or an empty list.
/// </para>
/// </remarks>
/// <typeparam name="TDomain">The type of the domain.</typeparam>
/// <typeparam name="TSurrogate">What it is sent as.</typeparam>
internal abstract class SurrogateConverter<TDomain, TSurrogate> : IConverter<TDomain, TSurrogate>
    where TSurrogate : struct
{
    private static readonly Func<TSurrogate, TDomain> FromSurrogate = PropertyMapping.Between<TSurrogate, TDomain>();
    private static readonly Func<TDomain, TSurrogate> ToSurrogate = PropertyMapping.Between<TDomain, TSurrogate>();

    public TDomain ConvertFromSurrogate(in TSurrogate surrogate) => FromSurrogate(surrogate);

    public TSurrogate ConvertToSurrogate(in TDomain value) => ToSurrogate(value);
}
