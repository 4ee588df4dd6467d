using Microsoft.Extensions.Time.Testing;

namespace Scoring.Grains.Tests.Specs;

/// <summary>Tells the time of a test, and waits by the machine's: leases, which the database times, run out by themselves.</summary>
internal sealed class SteppedClock(FakeTimeProvider now) : TimeProvider
{
    public override long TimestampFrequency => now.TimestampFrequency;

    public override DateTimeOffset GetUtcNow() => now.GetUtcNow();

    public override long GetTimestamp() => now.GetTimestamp();
}
