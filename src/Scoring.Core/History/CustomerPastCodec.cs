using System.Buffers;
using Scoring.Core.Serialization;
using Scoring.Core.Time;

namespace Scoring.Core.History;

/// <summary>A customer's or an account's past in compact bytes, for the way from one server to another. It is never stored.</summary>
/// <remarks>
/// Names stand once each; an event has their numbers, when it occurred as the difference to the event before, and when it was received as that to when it occurred, in whole seconds where
/// they are whole: some 10 bytes.
/// </remarks>
public static class CustomerPastCodec
{
    private const byte Version = 2;

    // An event has one byte of each at least: what it has, its type, both times.
    private const int FewestEventBytes = 4;
    private const int FewestChangeBytes = 1 + sizeof(long) + 1;

    private static readonly (Instant First, Instant Last) Times = (
        Instant.From(DateTimeOffset.MinValue),
        Instant.From(DateTimeOffset.MaxValue)
    );

    [Flags]
    private enum Has : byte
    {
        None = 0,
        Value = 1,
        Feature = 2,
        Account = 4,
        WholeSecond = 8,
        KnownBefore = 16,
        All = 31,
    }

    /// <summary>Writes a customer's past.</summary>
    public static void Write(CustomerPast past, IBufferWriter<byte> target)
    {
        var writer = new RecordWriter(target);
        writer.Byte(Version);
        writer.Text(past.CustomerId);
        writer.Int64(past.CompleteSince.Ticks);
        writer.UInt64(past.Digest);
        var names = NumbersOf(past.Events);
        writer.Count(names.Count);
        foreach (var name in names.Keys)
        {
            writer.Text(name);
        }
        writer.Count(past.Events.Count);
        var before = 0L;
        foreach (var item in past.Events)
        {
            WriteEvent(item, names, before, ref writer);
            before = item.OccurredAt.Ticks;
        }
        writer.Count(past.Changes.Count);
        foreach (var change in past.Changes)
        {
            writer.Byte((byte)change.Kind);
            writer.Int64(change.ReceivedAt.Ticks);
            writer.Text(change.Content.Span);
        }
    }

    /// <summary>Writes an account's past, as that of a customer without events.</summary>
    public static void Write(AccountPast past, IBufferWriter<byte> target) =>
        Write(new CustomerPast(past.AccountId, past.CompleteSince, [], past.Changes), target);

    /// <summary>Reads an account's past.</summary>
    /// <exception cref="InvalidDataException">The bytes are none.</exception>
    public static AccountPast ReadAccount(ReadOnlySpan<byte> encoded)
    {
        var past = Read(encoded);
        return new(past.CustomerId, past.CompleteSince, past.Changes);
    }

    /// <summary>Reads a customer's past.</summary>
    /// <exception cref="InvalidDataException">The bytes are none.</exception>
    public static CustomerPast Read(ReadOnlySpan<byte> encoded)
    {
        var reader = new RecordReader(encoded);
        if (reader.Byte() is var version and not Version)
        {
            throw new InvalidDataException($"A customer's past is in version {version}; this program reads {Version}.");
        }
        var customerId = reader.String();
        var since = new Instant(reader.Int64());
        if (since != Instant.MinValue)
        {
            Require(since);
        }
        var digest = reader.UInt64();
        var names = new string[CountOf(ref reader, fewestBytes: 1)];
        for (var i = 0; i < names.Length; i++)
        {
            names[i] = reader.String();
        }
        var events = new PastEvent[CountOf(ref reader, FewestEventBytes)];
        var before = 0L;
        for (var i = 0; i < events.Length; i++)
        {
            events[i] = ReadEvent(names, before, ref reader);
            before = events[i].OccurredAt.Ticks;
        }
        var changes = new PastChange[CountOf(ref reader, FewestChangeBytes)];
        for (var i = 0; i < changes.Length; i++)
        {
            changes[i] = ReadChange(ref reader);
        }
        return reader.AtEnd
            ? new(customerId, since, events, changes) { Digest = digest }
            : throw new InvalidDataException("A customer's past has bytes left over.");
    }

    /// <summary>The numbers of event types, features and accounts, in the order of their first.</summary>
    private static OrderedDictionary<string, int> NumbersOf(IReadOnlyList<PastEvent> events)
    {
        var names = new OrderedDictionary<string, int>(StringComparer.Ordinal);
        foreach (var item in events)
        {
            names.TryAdd(item.EventType, names.Count);
            names.TryAdd(item.Feature, names.Count);
            names.TryAdd(item.AccountId, names.Count);
        }
        return names;
    }

    private static void WriteEvent(
        in PastEvent item,
        OrderedDictionary<string, int> names,
        long before,
        ref RecordWriter writer
    )
    {
        var isWhole = item.ReceivedAt.Ticks % TimeSpan.TicksPerSecond == 0;
        writer.Byte(
            (byte)(
                (item.Value == 1 ? Has.None : Has.Value)
                | (item.Feature.Length == 0 ? Has.None : Has.Feature)
                | (item.AccountId.Length == 0 ? Has.None : Has.Account)
                | (isWhole ? Has.WholeSecond : Has.None)
                | (item.KnownBefore == TimeSpan.Zero ? Has.None : Has.KnownBefore)
            )
        );
        writer.Difference(names[item.EventType]);
        writer.Difference(item.OccurredAt.Ticks - before);
        writer.Difference(
            isWhole
                ? (item.ReceivedAt.Ticks / TimeSpan.TicksPerSecond) - SecondOf(item.OccurredAt)
                : item.ReceivedAt.Ticks - item.OccurredAt.Ticks
        );
        if (item.Value != 1)
        {
            writer.Double(item.Value);
        }
        if (item.Feature.Length > 0)
        {
            writer.Difference(names[item.Feature]);
        }
        if (item.AccountId.Length > 0)
        {
            writer.Difference(names[item.AccountId]);
        }
        if (item.KnownBefore != TimeSpan.Zero)
        {
            writer.Difference(item.KnownAt.Ticks - item.OccurredAt.Ticks);
        }
    }

    private static PastEvent ReadEvent(string[] names, long before, ref RecordReader reader)
    {
        var has = (Has)reader.Byte();
        if ((has & ~Has.All) != Has.None)
        {
            throw new InvalidDataException("An event of the past has more than an event has.");
        }
        var type = Name(names, ref reader);
        var occurredAt = new Instant(unchecked(before + reader.Difference()));
        Require(occurredAt);
        var lag = reader.Difference();
        var receivedAt = new Instant(
            has.HasFlag(Has.WholeSecond)
                ? unchecked((SecondOf(occurredAt) + lag) * TimeSpan.TicksPerSecond)
                : unchecked(occurredAt.Ticks + lag)
        );
        Require(receivedAt);
        var value = has.HasFlag(Has.Value) ? reader.Double() : 1;
        if (!(Math.Abs(value) <= Limits.Value))
        {
            throw new InvalidDataException("An event of the past has a value that cannot be.");
        }
        var feature = has.HasFlag(Has.Feature) ? Name(names, ref reader) : "";
        var account = has.HasFlag(Has.Account) ? Name(names, ref reader) : "";
        var knownAt = has.HasFlag(Has.KnownBefore)
            ? new Instant(unchecked(occurredAt.Ticks + reader.Difference()))
            : receivedAt;
        Require(knownAt);
        return new(type, occurredAt, receivedAt, value, feature, account) { KnownBefore = receivedAt - knownAt };
    }

    private static PastChange ReadChange(ref RecordReader reader)
    {
        var kind = (ChangeKind)reader.Byte();
        if (!Enum.IsDefined(kind))
        {
            throw new InvalidDataException($"A change of a customer is of the unknown kind {(int)kind}.");
        }
        var receivedAt = new Instant(reader.Int64());
        Require(receivedAt);
        return new(kind, receivedAt, reader.Text().ToArray());
    }

    /// <summary>A count of things of so many bytes each at least: what is set aside for them is in proportion to what was sent.</summary>
    private static int CountOf(ref RecordReader reader, int fewestBytes) =>
        reader.Count() is var count && count <= reader.Rest.Length / fewestBytes
            ? count
            : throw new InvalidDataException("A customer's past has a count beyond its length.");

    private static string Name(string[] names, ref RecordReader reader) =>
        reader.Difference() is var number && (ulong)number < (ulong)names.Length
            ? names[number]
            : throw new InvalidDataException("A customer's past names something that it does not have.");

    private static void Require(Instant instant)
    {
        if (instant < Times.First || instant > Times.Last)
        {
            throw new InvalidDataException("A customer's past has an instant that cannot be.");
        }
    }

    private static long SecondOf(Instant instant) => Math.DivRem(instant.Ticks, TimeSpan.TicksPerSecond).Quotient;
}
