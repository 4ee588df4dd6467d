using Google.Protobuf.WellKnownTypes;
using Scoring.Server.Wire;

namespace Scoring.Server.Recording;

/// <summary>The fields of a <see cref="V1.Event"/> where they lie in a request; nothing is checked yet.</summary>
internal ref struct WireEvent
{
    private const uint EventIdTag = (V1.Event.EventIdFieldNumber << WireReader.WireTypeBits) | WireReader.Delimited;
    private const uint CustomerIdTag =
        (V1.Event.CustomerIdFieldNumber << WireReader.WireTypeBits) | WireReader.Delimited;
    private const uint AccountIdTag = (V1.Event.AccountIdFieldNumber << WireReader.WireTypeBits) | WireReader.Delimited;
    private const uint TypeTag = (V1.Event.TypeFieldNumber << WireReader.WireTypeBits) | WireReader.Delimited;
    private const uint OccurredAtTag =
        (V1.Event.OccurredAtFieldNumber << WireReader.WireTypeBits) | WireReader.Delimited;
    private const uint ValueTag = (V1.Event.ValueFieldNumber << WireReader.WireTypeBits) | WireReader.Fixed64;
    private const uint FeatureTag = (V1.Event.FeatureFieldNumber << WireReader.WireTypeBits) | WireReader.Delimited;
    private const uint SourceTag = (V1.Event.SourceFieldNumber << WireReader.WireTypeBits) | WireReader.Delimited;
    private const uint SecondsTag = (Timestamp.SecondsFieldNumber << WireReader.WireTypeBits) | WireReader.Varint;
    private const uint NanosTag = (Timestamp.NanosFieldNumber << WireReader.WireTypeBits) | WireReader.Varint;

    public ReadOnlySpan<byte> EventId { get; private set; }

    public ReadOnlySpan<byte> CustomerId { get; private set; }

    public ReadOnlySpan<byte> AccountId { get; private set; }

    public ReadOnlySpan<byte> Type { get; private set; }

    public ReadOnlySpan<byte> Feature { get; private set; }

    public ReadOnlySpan<byte> Source { get; private set; }

    public double? Value { get; private set; }

    public bool HasOccurredAt { get; private set; }

    public long Seconds { get; private set; }

    public int Nanos { get; private set; }

    /// <summary>Takes the fields of a message; those that were there before give way, as protobuf has it of a field that comes twice.</summary>
    /// <returns>Whether the bytes are a message.</returns>
    public bool TryMerge(ReadOnlySpan<byte> message)
    {
        var reader = new WireReader(message);
        var isTimestamp = true;
        while (reader.TryReadTag(out var tag))
        {
            switch (tag)
            {
                case EventIdTag:
                    EventId = reader.ReadDelimited();
                    break;
                case CustomerIdTag:
                    CustomerId = reader.ReadDelimited();
                    break;
                case AccountIdTag:
                    AccountId = reader.ReadDelimited();
                    break;
                case TypeTag:
                    Type = reader.ReadDelimited();
                    break;
                case OccurredAtTag:
                    isTimestamp &= TryMergeOccurredAt(reader.ReadDelimited());
                    break;
                case ValueTag:
                    Value = reader.ReadDouble();
                    break;
                case FeatureTag:
                    Feature = reader.ReadDelimited();
                    break;
                case SourceTag:
                    Source = reader.ReadDelimited();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        return isTimestamp && !reader.IsMalformed;
    }

    private bool TryMergeOccurredAt(ReadOnlySpan<byte> message)
    {
        HasOccurredAt = true;
        var reader = new WireReader(message);
        while (reader.TryReadTag(out var tag))
        {
            switch (tag)
            {
                case SecondsTag:
                    Seconds = (long)reader.ReadVarint();
                    break;
                case NanosTag:
                    Nanos = (int)reader.ReadVarint();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        return !reader.IsMalformed;
    }
}
