using System.Numerics;
using Scoring.Core.Memory;

namespace Scoring.Engine.Partitions;

/// <summary>Rows that changed since they were last checkpointed: one bit each.</summary>
internal sealed class DirtyRows
{
    private const int WordBits = 64;
    private ulong[] _words = [];

    public void Mark(int row)
    {
        var word = row / WordBits;
        if (word >= _words.Length)
        {
            Array.Resize(ref _words, Math.Max(word + 1, _words.Length * 2));
        }
        _words[word] |= 1UL << row;
    }

    /// <summary>Marks all rows that are marked elsewhere.</summary>
    public void Mark(DirtyRows others)
    {
        if (_words.Length < others._words.Length)
        {
            Array.Resize(ref _words, others._words.Length);
        }
        for (var word = 0; word < others._words.Length; word++)
        {
            _words[word] |= others._words[word];
        }
    }

    /// <summary>How many rows are marked.</summary>
    public int Count() => _words.Sum(BitOperations.PopCount);

    /// <summary>Asks the processor for what marking a row will touch; nothing for -1.</summary>
    public void Prefetch(int row)
    {
        var word = (uint)row / WordBits;
        if (word < (uint)_words.Length)
        {
            CpuCache.Prefetch(ref _words[word]);
        }
    }

    /// <summary>Finds the first row from one to before another and takes its mark; -1 when there is none.</summary>
    public int Take(int fromRow, int beforeRow)
    {
        var word = fromRow / WordBits;
        if (word >= _words.Length)
        {
            return -1;
        }
        var bits = _words[word] & (ulong.MaxValue << fromRow);
        while (bits == 0)
        {
            if (++word == _words.Length)
            {
                return -1;
            }
            bits = _words[word];
        }
        var row = (word * WordBits) + BitOperations.TrailingZeroCount(bits);
        if (row >= beforeRow)
        {
            return -1;
        }
        _words[word] &= ~(1UL << row);
        return row;
    }
}
