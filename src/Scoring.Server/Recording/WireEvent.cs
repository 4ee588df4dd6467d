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
    private const uint KnownAtTag = (V1.Event.KnownAtFieldNumber << WireReader.WireTypeBits) | WireReader.Delimited;
    private const uint SecondsTag = (Timestamp.SecondsFieldNumber << WireReader.WireTypeBits) | WireReader.Varint;
    private const uint NanosTag = (Timestamp.NanosFieldNumber << WireReader.WireTypeBits) | WireReader.Varint;

    public ReadOnlySpan<byte> EventId { get; private set; }

    public ReadOnlySpan<byte> CustomerId { get; private set; }

    public ReadOnlySpan<byte> AccountId { get; private set; }

    public ReadOnlySpan<byte> Type { get; private set; }

    public ReadOnlySpan<byte> Feature { get; private set; }

    public ReadOnlySpan<byte> Source { get; private set; }

    public double? Value { get; private set; }

    public (long Seconds, int Nanos)? OccurredAt { get; private set; }

    public (long Seconds, int Nanos)? KnownAt { get; private set; }

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
                    isTimestamp &= TryMerge(reader.ReadDelimited(), OccurredAt, out var occurredAt);
                    OccurredAt = occurredAt;
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
                case KnownAtTag:
                    isTimestamp &= TryMerge(reader.ReadDelimited(), KnownAt, out var knownAt);
                    KnownAt = knownAt;
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        return isTimestamp && !reader.IsMalformed;
    }

    /// <summary>Takes the fields of a timestamp; one that came before gives way field by field.</summary>
    private static bool TryMerge(
        ReadOnlySpan<byte> message,
        (long Seconds, int Nanos)? before,
        out (long Seconds, int Nanos)? merged
    )
    {
        var (seconds, nanos) = before.GetValueOrDefault();
        var reader = new WireReader(message);
        while (reader.TryReadTag(out var tag))
        {
            switch (tag)
            {
                case SecondsTag:
                    seconds = (long)reader.ReadVarint();
                    break;
                case NanosTag:
                    nanos = (int)reader.ReadVarint();
                    break;
                default:
                    reader.Skip(tag);
                    break;
            }
        }
        merged = (seconds, nanos);
        return !reader.IsMalformed;
    }
}
