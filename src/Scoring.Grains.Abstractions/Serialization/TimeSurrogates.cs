using Scoring.Core.Time;

namespace Scoring.Grains.Serialization;

// The domain knows nothing of Orleans: what grains are told and answer in its types goes over the wire in these forms. Ids and aliases
// never change; fields are only added.

[GenerateSerializer, Alias("scoring.instant"), Immutable]
internal struct InstantSurrogate
{
    [Id(0)]
    public long Ticks;
}

[RegisterConverter]
internal sealed class InstantConverter : IConverter<Instant, InstantSurrogate>
{
    public Instant ConvertFromSurrogate(in InstantSurrogate s) => new(s.Ticks);

    public InstantSurrogate ConvertToSurrogate(in Instant value) => new() { Ticks = value.Ticks };
}
