using Google.Protobuf.WellKnownTypes;
using Grpc.Core;
using Scoring.Core.Time;
using Scoring.Server.Errors;

namespace Scoring.Server.Fields;

/// <summary>Instants of the domain and timestamps of the contract.</summary>
internal static class Instants
{
    private const int NanosecondsPerTick = 100;
    private const long LastSecond = 253_402_300_799; // 9999-12-31T23:59:59Z, the end of google.protobuf.Timestamp.

    /// <summary>Reads a timestamp from 1970 to 9999; what lies between two ticks of 100 ns is cut off.</summary>
    public static FieldFault? Read(Timestamp timestamp, string field, out Instant instant) =>
        Read(timestamp.Seconds, timestamp.Nanos, field, out instant);

    /// <summary>Reads the fields of a timestamp, in the same way.</summary>
    public static FieldFault? Read(long seconds, int nanos, string field, out Instant instant)
    {
        instant = default;
        if (nanos is < 0 or > 999_999_999)
        {
            return FieldFault.Invalid(field, "must have nanos of 0 to 999,999,999");
        }
        if (seconds is < 0 or > LastSecond)
        {
            return FieldFault.Invalid(field, "must be an instant of the years 1970 to 9999");
        }
        instant = new Instant((seconds * TimeSpan.TicksPerSecond) + (nanos / NanosecondsPerTick));
        return null;
    }

    /// <summary>Reads the read_time of a request; null when it is absent.</summary>
    /// <exception cref="RpcException">It is no instant that can be read at.</exception>
    public static Instant? ReadTime(Timestamp? timestamp)
    {
        if (timestamp is null)
        {
            return null;
        }
        CallErrors.ThrowIf(Read(timestamp, "read_time", out var instant));
        return instant;
    }

    /// <summary>The timestamp of the beginning of a UTC day.</summary>
    public static Timestamp ToTimestamp(int utcDay) => ToTimestamp(new Instant(utcDay * TimeSpan.TicksPerDay));

    /// <summary>The timestamp of an instant.</summary>
    public static Timestamp ToTimestamp(Instant instant)
    {
        var (seconds, nanos) = Split(instant);
        return new Timestamp { Seconds = seconds, Nanos = nanos };
    }

    /// <summary>The fields of the timestamp of an instant.</summary>
    public static (long Seconds, int Nanos) Split(Instant instant)
    {
        var (seconds, ticks) = Math.DivRem(instant.Ticks, TimeSpan.TicksPerSecond);
        if (ticks < 0)
        {
            (seconds, ticks) = (seconds - 1, ticks + TimeSpan.TicksPerSecond);
        }
        return (seconds, (int)ticks * NanosecondsPerTick);
    }
}
