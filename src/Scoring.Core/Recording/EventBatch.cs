using System.Buffers;
using System.Buffers.Binary;
using System.Diagnostics;
using Scoring.Core.Time;

namespace Scoring.Core.Recording;

/// <summary>Events in the order they are to be applied, in one pooled buffer.</summary>
/// <remarks>
/// The encoded form is what is queued, journalled and sent: it is written once and read in place. Layout of an event, little
/// endian: index i32 (its highest bit: known_at given), flags u8 (bit 0: occurred_at given), occurred_at i64, value f64, lengths u16 of event id,
/// customer id, account id, type, feature, then these texts in UTF-8, then known_at i64 if it is given. Events hold what passed validation; nothing is
/// checked here but the bounds of memory.
/// </remarks>
public sealed class EventBatch : IDisposable
{
    private const int FixedBytes = sizeof(int) + 1 + sizeof(long) + sizeof(double) + (5 * sizeof(ushort));
    private const int LengthsAt = FixedBytes - (5 * sizeof(ushort));
    private const int HasKnownAt = int.MinValue;
    private byte[] _buffer;
    private int _length;

    /// <summary>An empty batch.</summary>
    /// <param name="workspace">The workspace that the events belong to.</param>
    /// <param name="capacityBytes">Bytes to set aside; more are had when needed.</param>
    public EventBatch(string workspace, int capacityBytes = 4_096)
    {
        Workspace = workspace;
        _buffer = ArrayPool<byte>.Shared.Rent(capacityBytes);
    }

    /// <summary>The workspace that the events belong to.</summary>
    public string Workspace { get; }

    /// <summary>Number of events.</summary>
    public int Count { get; private set; }

    /// <summary>The events in their encoded form; valid until the batch is changed or disposed of.</summary>
    public ReadOnlyMemory<byte> Encoded => _buffer.AsMemory(0, _length);

    /// <summary>Adds an event at the end.</summary>
    public void Add(in EventRecord item)
    {
        var texts =
            item.EventId.Length
            + item.CustomerId.Length
            + item.AccountId.Length
            + item.Type.Length
            + item.Feature.Length;
        Reserve(FixedBytes + texts + sizeof(long));
        var target = _buffer.AsSpan(_length);
        BinaryPrimitives.WriteInt32LittleEndian(target, item.Index | (item.KnownAt is null ? 0 : HasKnownAt));
        target[4] = item.OccurredAt is null ? (byte)0 : (byte)1;
        BinaryPrimitives.WriteInt64LittleEndian(target[5..], item.OccurredAt.GetValueOrDefault().Ticks);
        BinaryPrimitives.WriteDoubleLittleEndian(target[13..], item.Value);
        var lengths = LengthsAt;
        var text = FixedBytes;
        Append(item.EventId, target, ref lengths, ref text);
        Append(item.CustomerId, target, ref lengths, ref text);
        Append(item.AccountId, target, ref lengths, ref text);
        Append(item.Type, target, ref lengths, ref text);
        Append(item.Feature, target, ref lengths, ref text);
        if (item.KnownAt is { } knownAt)
        {
            BinaryPrimitives.WriteInt64LittleEndian(target[text..], knownAt.Ticks);
            text += sizeof(long);
        }
        _length += text;
        Count++;
    }

    /// <summary>The events, in order.</summary>
    public Enumerator GetEnumerator() => new(Encoded.Span);

    /// <summary>Reads events from their encoded form.</summary>
    /// <exception cref="InvalidDataException">While reading: the bytes are not whole events.</exception>
    public static Enumerator Read(ReadOnlySpan<byte> encoded) => new(encoded);

    /// <summary>Gives the buffer back. The batch and all views of it are void.</summary>
    public void Dispose()
    {
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
            _buffer = [];
            _length = 0;
            Count = 0;
        }
    }

    private static void Append(ReadOnlySpan<byte> value, Span<byte> target, ref int lengths, ref int text)
    {
        Debug.Assert(value.Length <= ushort.MaxValue, "texts are validated before they get here");
        BinaryPrimitives.WriteUInt16LittleEndian(target[lengths..], (ushort)value.Length);
        value.CopyTo(target[text..]);
        lengths += sizeof(ushort);
        text += value.Length;
    }

    private void Reserve(int bytes)
    {
        if (_buffer.Length - _length >= bytes)
        {
            return;
        }
        var larger = ArrayPool<byte>.Shared.Rent(Math.Max(_buffer.Length * 2, _length + bytes));
        _buffer.AsSpan(0, _length).CopyTo(larger);
        if (_buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(_buffer);
        }
        _buffer = larger;
    }

    /// <summary>Walks over encoded events. A copy goes on by itself from where it was taken.</summary>
    public ref struct Enumerator
    {
        private ReadOnlySpan<byte> _rest;

        // Those of all texts but the last.
        private ulong _lengths;

        internal Enumerator(ReadOnlySpan<byte> encoded) => _rest = encoded;

        /// <summary>The event at hand in its encoded form.</summary>
        public ReadOnlySpan<byte> CurrentEncoded { get; private set; }

        /// <summary>The event at hand.</summary>
        public readonly EventRecord Current
        {
            get
            {
                var encoded = CurrentEncoded;
                var account = FixedBytes + Length(0) + Length(1);
                var type = account + Length(2);
                var feature = type + Length(3);
                var end = encoded.Length - KnownBytes(encoded);
                return new EventRecord
                {
                    Index = BinaryPrimitives.ReadInt32LittleEndian(encoded) & ~HasKnownAt,
                    OccurredAt =
                        encoded[4] == 0 ? null : new Instant(BinaryPrimitives.ReadInt64LittleEndian(encoded[5..])),
                    KnownAt =
                        end == encoded.Length
                            ? null
                            : new Instant(BinaryPrimitives.ReadInt64LittleEndian(encoded[end..])),
                    Value = BinaryPrimitives.ReadDoubleLittleEndian(encoded[13..]),
                    EventId = encoded.Slice(FixedBytes, Length(0)),
                    CustomerId = CurrentCustomerId,
                    AccountId = encoded[account..type],
                    Type = encoded[type..feature],
                    Feature = encoded[feature..end],
                };
            }
        }

        /// <summary>The customer of the event at hand.</summary>
        public readonly ReadOnlySpan<byte> CurrentCustomerId => CurrentEncoded.Slice(FixedBytes + Length(0), Length(1));

        /// <summary>Event id and customer, one behind the other: what the event is known by.</summary>
        public readonly ReadOnlySpan<byte> CurrentIds => CurrentEncoded.Slice(FixedBytes, Length(0) + Length(1));

        /// <summary>Bytes of the event id of the event at hand; 0 when it has none.</summary>
        public readonly int CurrentEventIdLength => Length(0);

        /// <summary>All that the event at hand says, its ids included; not its place in the caller's batch, nor when it came to be known.</summary>
        public readonly ReadOnlySpan<byte> CurrentContent => CurrentEncoded[sizeof(int)..^KnownBytes(CurrentEncoded)];

        /// <summary>Goes to the next event.</summary>
        /// <exception cref="InvalidDataException">The rest is not a whole event.</exception>
        public bool MoveNext()
        {
            if (_rest.IsEmpty)
            {
                return false;
            }
            if (_rest.Length < FixedBytes)
            {
                throw new InvalidDataException("An encoded event is cut short.");
            }
            _lengths = BinaryPrimitives.ReadUInt64LittleEndian(_rest[LengthsAt..]);
            var last = BinaryPrimitives.ReadUInt16LittleEndian(_rest[(LengthsAt + sizeof(ulong))..]);
            var length = FixedBytes + Length(0) + Length(1) + Length(2) + Length(3) + last + KnownBytes(_rest);
            if (length > _rest.Length)
            {
                throw new InvalidDataException("An encoded event is cut short.");
            }
            CurrentEncoded = _rest[..length];
            _rest = _rest[length..];
            return true;
        }

        private static int KnownBytes(ReadOnlySpan<byte> encoded) => (encoded[3] & 0x80) == 0 ? 0 : sizeof(long);

        private readonly int Length(int text) => (int)(_lengths >> (16 * text)) & ushort.MaxValue;
    }
}
