using System.Numerics;

namespace Scoring.Core.Facts;

/// <summary>The UTC days on which a customer was active: the newest one and the <see cref="Span"/> - 1 days before it.</summary>
/// <remarks>The default value is "never active". Days older than the span are forgotten; no read looks further back.</remarks>
internal struct ActiveDays
{
    /// <summary>
    /// Days that are kept. Twice the longest window of account health, with room to spare: a read never lies before the newest event.
    /// </summary>
    public const int Span = 192;

    // Bit i of the three words together, lowest first, is the day i days before the newest.
    private ulong _low;
    private ulong _middle;
    private ulong _high;

    /// <summary>The newest active day; meaningless while <see cref="IsEmpty"/>.</summary>
    public int Newest { get; private set; }

    /// <summary>Whether no day is active. Bit 0 is the newest day itself, so it tells.</summary>
    public readonly bool IsEmpty => (_low & 1) == 0;

    /// <summary>The active days that are kept, rising.</summary>
    public readonly IReadOnlyList<int> All
    {
        get
        {
            var days = new List<int>();
            for (var age = Span - 1; age >= 0; age--)
            {
                if (CountBetween(Newest - age, Newest - age) > 0)
                {
                    days.Add(Newest - age);
                }
            }
            return days;
        }
    }

    /// <summary>Makes a day active.</summary>
    public void Mark(int day)
    {
        if (IsEmpty)
        {
            Newest = day;
        }
        else if (day > Newest)
        {
            ShiftTo(day);
        }
        var age = Newest - day;
        // A day that is older than the span has no bit.
        _low |= BitOf(age);
        _middle |= BitOf(age - 64);
        _high |= BitOf(age - 128);
    }

    /// <summary>Active days from a first to a last day, both included.</summary>
    public readonly int CountBetween(int first, int last)
    {
        if (IsEmpty)
        {
            return 0;
        }
        var youngest = Math.Max(0, (long)Newest - last);
        var oldest = Math.Min(Span - 1, (long)Newest - first);
        return youngest > oldest
            ? 0
            : CountUpTo(_low, _middle, _high, (int)oldest) - CountUpTo(_low, _middle, _high, (int)youngest - 1);
    }

    /// <summary>The earliest active day that is not before a day, of which there must be one.</summary>
    public readonly int EarliestFrom(int first)
    {
        var oldest = (int)Math.Clamp((long)Newest - first, 0, Span - 1);
        for (var word = oldest / 64; word > 0; word--)
        {
            var bits = (word == 1 ? _middle : _high) & Mask(oldest - (64 * word));
            if (bits != 0)
            {
                return Newest - (64 * word) - BitOperations.Log2(bits);
            }
        }
        return Newest - BitOperations.Log2(_low & Mask(oldest));
    }

    /// <summary>Whether any day from a first to a last, both included, was active.</summary>
    public readonly bool AnyBetween(int first, int last) => CountBetween(first, last) > 0;

    /// <summary>The bits, for storage: day i before <see cref="Newest"/> is bit i, lowest word first.</summary>
    public readonly (ulong Low, ulong Middle, ulong High) Bits => (_low, _middle, _high);

    /// <summary>Makes the value again from what was stored.</summary>
    public static ActiveDays From(int newest, ulong low, ulong middle, ulong high) =>
        new()
        {
            Newest = newest,
            _low = low,
            _middle = middle,
            _high = high,
        };

    private static int CountUpTo(ulong low, ulong middle, ulong high, int age) =>
        BitOperations.PopCount(low & Mask(age))
        + BitOperations.PopCount(middle & Mask(age - 64))
        + BitOperations.PopCount(high & Mask(age - 128));

    private static ulong BitOf(int age) => age is >= 0 and < 64 ? 1UL << age : 0;

    /// <summary>Bits 0 to <paramref name="highest"/>.</summary>
    private static ulong Mask(int highest) =>
        highest < 0 ? 0
        : highest >= 63 ? ulong.MaxValue
        : (1UL << (highest + 1)) - 1;

    private void ShiftTo(int newest)
    {
        var days = (long)newest - Newest;
        Newest = newest;
        for (; days >= 64; days -= 64)
        {
            (_low, _middle, _high) = (0, _low, _middle);
            if ((_middle | _high) == 0)
            {
                return;
            }
        }
        if (days > 0)
        {
            var by = (int)days;
            _high = (_high << by) | (_middle >> (64 - by));
            _middle = (_middle << by) | (_low >> (64 - by));
            _low <<= by;
        }
    }
}
