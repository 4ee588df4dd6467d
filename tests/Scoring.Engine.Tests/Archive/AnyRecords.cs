using FsCheck;
using FsCheck.Fluent;
using Scoring.Core.History;
using Scoring.Core.Time;
using Scoring.Engine.Archive;

namespace Scoring.Engine.Tests.Archive;

/// <summary>Records of all kinds.</summary>
internal static class AnyRecords
{
    private static readonly Gen<long> AnyLong = Gen.OneOf(
        Gen.Elements(long.MinValue, long.MinValue + 1, -1, 0, 1, long.MaxValue - 1, long.MaxValue),
        from high in Gen.Choose(int.MinValue, int.MaxValue)
        from low in Gen.Choose(int.MinValue, int.MaxValue)
        select ((long)high << 32) ^ low
    );

    private static readonly Gen<double> Value = Gen.OneOf(
        Gen.Constant(1.0),
        Gen.Choose(-1_000, 1_000).Select(whole => (double)whole),
        Gen.Choose(-1_000_000, 1_000_000).Select(cents => cents / 100.0),
        Gen.Choose(0, 1_000_000).Select(millionths => millionths / 1e6),
        Gen.Elements(
            -0.0,
            0.1 + 0.2,
            1 / 3.0,
            1e12,
            1e15,
            1e16,
            1e300,
            double.Epsilon,
            -double.Epsilon,
            double.MaxValue,
            double.MinValue,
            Math.BitDecrement(1),
            9_007_199_254_740_993,
            1e-6,
            1e-7
        ),
        AnyLong.Select(BitConverter.Int64BitsToDouble).Where(double.IsFinite)
    );

    // Chunks whose times are whole seconds, milliseconds, microseconds or none of these, near to one another or anywhere.
    private static readonly Gen<Gen<long>> Times = Gen.OneOf(
        Gen.Elements(
                TimeSpan.TicksPerDay,
                TimeSpan.TicksPerSecond,
                TimeSpan.TicksPerMillisecond,
                TimeSpan.TicksPerMicrosecond,
                1L
            )
            .Select(unit => Gen.Choose(-1_000_000, 1_000_000_000).Select(units => units * unit)),
        Gen.Constant(AnyLong),
        Gen.Constant(Gen.Elements(long.MinValue, long.MaxValue))
    );

    private static readonly Gen<ArchivedChange> Change =
        // Of those whose content is not looked at where something is removed from everybody.
        from kind in Gen.Elements(ChangeKind.Adjustment, ChangeKind.Merged, ChangeKind.LeftAccount)
        from received in AnyLong
        from length in Gen.Frequency((9, Gen.Choose(0, 40)), (1, Gen.Choose(0, 40_000)))
        from first in Gen.Choose(0, 255)
        select new ArchivedChange(
            0,
            kind,
            new(received),
            Enumerable.Range(0, length).Select(i => (byte)(first + (i % 7))).ToArray()
        );

    /// <summary>Customers of rising rows.</summary>
    /// <param name="steps">How far one may be from the one before.</param>
    public static Gen<Records[]> Customers(Gen<int> steps) =>
        from times in Times
        from count in Gen.Frequency((5, Gen.Choose(1, 10)), (1, Gen.Choose(100, 400)))
        from rows in Gen.ArrayOf(steps, count)
        from customers in Gen.ArrayOf(Customer(times), count)
        select Rising(rows, customers);

    /// <summary>Steps of all lengths.</summary>
    public static Gen<int> AnySteps { get; } =
        Gen.Frequency((4, Gen.Choose(1, 3)), (1, Gen.Choose(1, 1_000)), (1, Gen.Choose(1, 1 << 22)));

    private static Gen<Records> Customer(Gen<long> times) =>
        from count in Gen.Frequency((1, Gen.Constant(0)), (20, Gen.Choose(1, 12)), (1, Gen.Choose(500, 1_500)))
        from events in Gen.ArrayOf(Event(times), count)
        from changes in Gen.Frequency((4, Gen.Constant(0)), (1, Gen.Choose(1, 5)))
        from changed in Gen.ArrayOf(Change, changes)
        select new Records(0, events, changed);

    private static Gen<ArchivedEvent> Event(Gen<long> times) =>
        from type in Gen.Choose(0, TestNames.Types.Length - 1)
        from feature in Gen.Choose(-3, TestNames.Features.Length - 1)
        from account in Gen.Choose(-3, TestNames.Accounts.Length - 1)
        from occurred in times
        from lag in Gen.Frequency((8, Gen.Choose(0, 3)), (1, Gen.Choose(-100_000, 100_000)))
        from isAnywhere in Gen.Choose(0, 20)
        from anywhere in AnyLong
        from value in Value
        from known in Gen.Frequency((9, Gen.Constant(0)), (1, Gen.Choose(1, 100_000_000)))
        select new ArchivedEvent(
            0,
            type,
            Math.Max(feature, ArchivedEvent.NoName),
            Math.Max(account, ArchivedEvent.NoName),
            new Instant(occurred),
            isAnywhere == 0 ? anywhere : (occurred / TimeSpan.TicksPerSecond) + lag,
            value
        )
        {
            KnownBefore = isAnywhere == 0 ? 0 : known,
        };

    private static Records[] Rising(int[] steps, Records[] customers)
    {
        var row = -1L;
        var placed = new List<Records>();
        for (var i = 0; i < customers.Length && row + steps[i] <= int.MaxValue; i++)
        {
            row += steps[i];
            var at = (int)row;
            placed.Add(
                new(
                    at,
                    [.. customers[i].Events.Select(item => item with { Row = at })],
                    [.. customers[i].Changes.Select(change => change with { Row = at })]
                )
            );
        }
        return [.. placed];
    }
}
