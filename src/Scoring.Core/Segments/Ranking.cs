using System.Text;
using Scoring.Core.Lifecycles;
using Scoring.Core.Serialization;

namespace Scoring.Core.Segments;

/// <summary>The highest- or lowest-scored customers of those seen, at most so many. Equal scores rank by customer id (ordinal).</summary>
internal sealed class Ranking(int length, bool highest)
{
    private readonly Comparer<RankedCustomer> _order = Order(highest);
    private readonly SortedSet<RankedCustomer> _ranked = new(Order(highest));
    private byte[] _last = [];

    /// <summary>The score from which on a customer may be taken: the worst that is ranked, or any while there is room.</summary>
    public double From { get; private set; } =
        highest == (length == 0) ? double.PositiveInfinity : double.NegativeInfinity;

    /// <summary>Those ranked, best first.</summary>
    public IReadOnlyList<RankedCustomer> Customers => [.. _ranked];

    /// <summary>Whether a customer might be taken, so that it need not be made otherwise.</summary>
    public bool WouldTake(double score, ReadOnlySpan<byte> customerId)
    {
        if (length == 0 || _ranked.Count < length)
        {
            return length > 0;
        }
        return score == From ? !ComesAfter(customerId, _last) : highest == score > From;
    }

    public void Take(RankedCustomer customer)
    {
        if (length == 0 || (_ranked.Count == length && _order.Compare(customer, _ranked.Max!) >= 0))
        {
            return;
        }
        _ranked.Add(customer);
        if (_ranked.Count > length)
        {
            _ranked.Remove(_ranked.Max!);
        }
        if (_ranked.Count == length)
        {
            From = _ranked.Max!.Score;
            _last = Encoding.UTF8.GetBytes(_ranked.Max.CustomerId);
        }
    }

    /// <summary>Takes those of another ranking.</summary>
    public void Take(Ranking other)
    {
        foreach (var customer in other._ranked)
        {
            Take(customer);
        }
    }

    /// <summary>Replaces what is told of those ranked, but for id and score.</summary>
    public void Complete(Func<RankedCustomer, RankedCustomer> complete)
    {
        RankedCustomer[] ranked = [.. _ranked.Select(complete)];
        _ranked.Clear();
        _ranked.UnionWith(ranked);
    }

    public void Write(ref RecordWriter writer)
    {
        writer.Count(_ranked.Count);
        foreach (var customer in _ranked)
        {
            writer.Text(customer.CustomerId);
            writer.Text(customer.AccountId);
            writer.Double(customer.Score);
            writer.Byte((byte)customer.Lifecycle);
            writer.Double(customer.Momentum ?? double.NaN);
        }
    }

    public void Read(ref RecordReader reader)
    {
        for (var left = reader.Count(); left > 0; left--)
        {
            var (id, account, score) = (reader.String(), reader.String(), reader.Double());
            var (lifecycle, momentum) = ((Lifecycle)reader.Byte(), reader.Double());
            Take(
                new RankedCustomer(id, score)
                {
                    AccountId = account,
                    Lifecycle = lifecycle,
                    Momentum = double.IsNaN(momentum) ? null : momentum,
                }
            );
        }
    }

    /// <summary>
    /// Whether an id certainly comes after another. Bytes of UTF-8 have the order of its UTF-16, but for surrogates: lead bytes from EE on
    /// are left to the exact comparison.
    /// </summary>
    private static bool ComesAfter(ReadOnlySpan<byte> id, ReadOnlySpan<byte> other)
    {
        const byte firstInDoubt = 0xEE;
        var same = id.CommonPrefixLength(other);
        return same < id.Length && (same == other.Length || (id[same] > other[same] && id[same] < firstInDoubt));
    }

    private static Comparer<RankedCustomer> Order(bool highest) =>
        Comparer<RankedCustomer>.Create(
            (x, y) =>
                x.Score.CompareTo(y.Score) is var order and not 0
                    ? (highest ? -order : order)
                    : string.CompareOrdinal(x.CustomerId, y.CustomerId)
        );
}
