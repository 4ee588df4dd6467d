using Scoring.Core;

namespace Scoring.Grains.Serialization;

// The domain knows nothing of Orleans: what grains are told and answer in its types goes over the wire in these forms. Ids and aliases
// never change; fields are only added.

[GenerateSerializer, Alias("scoring.error"), Immutable]
internal struct ScoringExceptionSurrogate
{
    [Id(0)]
    public ScoringError Error;

    [Id(1)]
    public string Message;

    [Id(2)]
    public string? Field;

    [Id(3)]
    public string? Subject;

    [Id(4)]
    public TimeSpan? RetryAfter;
}

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
        new()
        {
            Error = value.Error,
            Message = value.Message,
            Field = value.Field,
            Subject = value.Subject,
            RetryAfter = value.RetryAfter,
        };
}
