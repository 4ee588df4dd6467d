using Scoring.Core.History;

namespace Scoring.Engine.Hosting;

/// <summary>A place among the events of a partition's archive. It says what was given, not where that lay: files that are merged meanwhile do not matter.</summary>
/// <param name="Row">The row of the first customer of whom anything is left.</param>
/// <param name="Last">The last of its events that was given; null for none.</param>
/// <param name="Given">How many the same as that were given.</param>
public sealed record EventPlace(int Row, PastEvent? Last = null, int Given = 0)
{
    /// <summary>Before all events.</summary>
    public static EventPlace Start { get; } = new(0);

    /// <summary>The place behind some events of a customer.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="inOrder">Its events, in the order of <see cref="EventOrder"/>.</param>
    /// <param name="given">How many of them were given, from the first on.</param>
    internal static EventPlace Behind(int row, ReadOnlySpan<PastEvent> inOrder, int given)
    {
        if (given == 0)
        {
            return new(row);
        }
        var last = inOrder[given - 1];
        return new(row, last, given - IndexOf(last, inOrder));
    }

    /// <summary>How many of a customer's events were given.</summary>
    /// <param name="row">The customer's row.</param>
    /// <param name="inOrder">Its events, in the order of <see cref="EventOrder"/>.</param>
    internal int GivenOf(int row, ReadOnlySpan<PastEvent> inOrder)
    {
        if (row != Row || Last is not { } last)
        {
            return 0;
        }
        var given = IndexOf(last, inOrder);
        for (var same = 0; same < Given && given < inOrder.Length && inOrder[given] == last; same++)
        {
            given++;
        }
        return given;
    }

    /// <summary>The index of the first that does not come before an event.</summary>
    private static int IndexOf(in PastEvent item, ReadOnlySpan<PastEvent> inOrder)
    {
        var (low, high) = (0, inOrder.Length);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = EventOrder.Instance.Compare(inOrder[middle], item) < 0 ? (middle + 1, high) : (low, middle);
        }
        return low;
    }
}
