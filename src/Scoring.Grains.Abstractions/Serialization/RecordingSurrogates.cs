using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Grains.Serialization;

// Types of the domain, which knows nothing of Orleans, as they are sent. Ids and aliases never change; fields are only added. A server of the version before
// skips a field that it does not know; to one of the version after, a field that is not sent is null or 0.

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.instant"), Immutable]
internal record struct InstantSurrogate([property: Id(0)] long Ticks);

[RegisterConverter]
internal sealed class InstantConverter : IConverter<Instant, InstantSurrogate>
{
    public Instant ConvertFromSurrogate(in InstantSurrogate s) => new(s.Ticks);

    public InstantSurrogate ConvertToSurrogate(in Instant value) => new(value.Ticks);
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.write-result"), Immutable]
internal record struct WriteResultSurrogate(
    [property: Id(0)] int Accepted,
    [property: Id(1)] int Duplicates,
    [property: Id(2)] Rejection[] Rejections,
    [property: Id(3)] Durability Durability
);

[RegisterConverter]
internal sealed class WriteResultConverter : IConverter<WriteResult, WriteResultSurrogate>
{
    public WriteResult ConvertFromSurrogate(in WriteResultSurrogate s) =>
        new(s.Accepted, s.Duplicates, s.Rejections ?? [], s.Durability);

    public WriteResultSurrogate ConvertToSurrogate(in WriteResult value) =>
        new(value.Accepted, value.Duplicates, [.. value.Rejections], value.Durability);
}

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.error"), Immutable]
internal record struct ScoringExceptionSurrogate(
    [property: Id(0)] ScoringError Error,
    [property: Id(1)] string Message,
    [property: Id(2)] string? Field,
    [property: Id(3)] string? Subject,
    [property: Id(4)] TimeSpan? RetryAfter
);

[RegisterConverter]
internal sealed class ScoringExceptionConverter : IConverter<ScoringException, ScoringExceptionSurrogate>
{
    public ScoringException ConvertFromSurrogate(in ScoringExceptionSurrogate s) =>
        new(s.Error, s.Message)
        {
            Field = s.Field,
            Subject = s.Subject,
            RetryAfter = s.RetryAfter,
        };

    public ScoringExceptionSurrogate ConvertToSurrogate(in ScoringException value) =>
        new(value.Error, value.Message, value.Field, value.Subject, value.RetryAfter);
}
