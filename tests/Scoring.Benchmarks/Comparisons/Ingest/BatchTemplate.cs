using System.Buffers.Binary;
using System.Text;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>A request of 1,000 events in which only digits change: filling it in costs a few nanoseconds per event.</summary>
internal sealed class BatchTemplate
{
    private const int ChunkSize = 10_000;

    /// <summary>Four ASCII digits of every number up to 9,999, as they lie in memory.</summary>
    private static readonly uint[] Chunks =
    [
        .. Enumerable
            .Range(0, ChunkSize)
            .Select(number => BinaryPrimitives.ReadUInt32LittleEndian(Encoding.ASCII.GetBytes($"{number:D4}"))),
    ];

    private readonly byte[] _bytes;
    private readonly int[] _events;
    private readonly int[] _customers;
    private readonly int[] _accounts;
    private readonly int[] _segments;
    private readonly int[] _drawn = new int[Traffic.BatchSize];

    /// <summary>A template.</summary>
    /// <param name="bytes">The request, with the placeholders of <see cref="Traffic"/> in the order of its events.</param>
    public BatchTemplate(byte[] bytes)
    {
        _bytes = bytes;
        _events = Places("event-"u8);
        _customers = Places("customer-"u8);
        _accounts = Places("account-"u8);
        _segments = Places("segment-"u8);
        if (
            _events.Length != Traffic.BatchSize
            || _customers.Length != Traffic.BatchSize
            || _accounts.Length != Traffic.BatchSize
            || _segments.Length is not (0 or Traffic.BatchSize)
        )
        {
            throw new ArgumentException("A request needs the placeholders of every event once.", nameof(bytes));
        }
    }

    public ReadOnlyMemory<byte> Bytes => _bytes;

    /// <summary>Makes it the next request.</summary>
    /// <returns>False when there is none left.</returns>
    public bool TryFill(BatchSource source)
    {
        if (!source.TryTake(_drawn, out var firstEvent))
        {
            return false;
        }

        for (var i = 0; i < Traffic.BatchSize; i++)
        {
            var (customer, number) = (_drawn[i], firstEvent + i);
            var (account, rest) = Math.DivRem(customer, ChunkSize);
            Put(_events[i], (int)(number / ChunkSize / ChunkSize % ChunkSize));
            Put(_events[i] + 4, (int)(number / ChunkSize % ChunkSize));
            Put(_events[i] + 8, (int)(number % ChunkSize));
            Put(_customers[i], account);
            Put(_customers[i] + 4, rest);
            Put(_accounts[i], customer / Traffic.AccountSize);
            if (_segments.Length > 0)
            {
                _bytes[_segments[i]] = (byte)('0' + (customer % Traffic.Segments));
            }
        }

        return true;
    }

    private void Put(int place, int chunk) =>
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(place), Chunks[chunk]);

    private int[] Places(ReadOnlySpan<byte> prefix)
    {
        List<int> places = [];
        var from = 0;
        for (var next = _bytes.AsSpan().IndexOf(prefix); next >= 0; next = _bytes.AsSpan(from).IndexOf(prefix))
        {
            from += next + prefix.Length;
            places.Add(from);
        }

        return [.. places];
    }
}
