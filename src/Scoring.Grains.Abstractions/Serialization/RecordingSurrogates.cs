using Scoring.Core;
using Scoring.Core.Recording;
using Scoring.Core.Time;

namespace Scoring.Grains.Serialization;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.instant"), Immutable]
internal record struct InstantSurrogate([property: Id(0)] long Ticks);

[RegisterConverter]
internal sealed class InstantConverter : SurrogateConverter<Instant, InstantSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.rejection"), Immutable]
internal record struct RejectionSurrogate(
    [property: Id(0)] int Index,
    [property: Id(1)] RejectionReason Reason,
    [property: Id(2)] string Field,
    [property: Id(3)] string Message
);

[RegisterConverter]
internal sealed class RejectionConverter : SurrogateConverter<Rejection, RejectionSurrogate>;

[GenerateSerializer(IncludePrimaryConstructorParameters = false), Alias("scoring.write-result"), Immutable]
internal record struct WriteResultSurrogate(
    [property: Id(0)] int Accepted,
    [property: Id(1)] int Duplicates,
    [property: Id(2)] Rejection[] Rejections,
    [property: Id(3)] Durability Durability
);

[RegisterConverter]
internal sealed class WriteResultConverter : SurrogateConverter<WriteResult, WriteResultSurrogate>;

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
