using Scoring.Core;
using Scoring.Core.Recording;

namespace Scoring.Grains.Serialization;

// The domain knows nothing of Orleans: what grains are told and answer in its types goes over the wire in these forms. Ids and aliases
// never change; fields are only added.

[GenerateSerializer, Alias("scoring.rejection"), Immutable]
internal struct RejectionSurrogate
{
    [Id(0)]
    public int Index;

    [Id(1)]
    public RejectionReason Reason;

    [Id(2)]
    public string Field;

    [Id(3)]
    public string Message;
}

[RegisterConverter]
internal sealed class RejectionConverter : IConverter<Rejection, RejectionSurrogate>
{
    public Rejection ConvertFromSurrogate(in RejectionSurrogate s) => new(s.Index, s.Reason, s.Field, s.Message);

    public RejectionSurrogate ConvertToSurrogate(in Rejection value) =>
        new()
        {
            Index = value.Index,
            Reason = value.Reason,
            Field = value.Field,
            Message = value.Message,
        };
}

[GenerateSerializer, Alias("scoring.write-result"), Immutable]
internal struct WriteResultSurrogate
{
    [Id(0)]
    public int Accepted;

    [Id(1)]
    public int Duplicates;

    [Id(2)]
    public Rejection[] Rejections;

    [Id(3)]
    public Durability Durability;
}

[RegisterConverter]
internal sealed class WriteResultConverter : IConverter<WriteResult, WriteResultSurrogate>
{
    public WriteResult ConvertFromSurrogate(in WriteResultSurrogate s) =>
        new(s.Accepted, s.Duplicates, s.Rejections, s.Durability);

    public WriteResultSurrogate ConvertToSurrogate(in WriteResult value) =>
        new()
        {
            Accepted = value.Accepted,
            Duplicates = value.Duplicates,
            Rejections = [.. value.Rejections],
            Durability = value.Durability,
        };
}
