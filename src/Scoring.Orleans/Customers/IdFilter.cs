namespace Scoring.Cluster.Customers;

/// <summary>Tells most keys that were not added from those that were.</summary>
/// <remarks>
/// A Bloom filter (Bloom, CACM 1970) of 16 bits a key, of which 4 are set: 1 in 400 others passes. Keys are hashes already, so their halves give the
/// places (Kirsch and Mitzenmacher, 2006).
/// </remarks>
internal sealed class IdFilter(long keys)
{
    private const int BitsPerKey = 16;
    private const int Places = 4;
    private readonly ulong[] _words = new ulong[(Math.Max(keys, 1) * BitsPerKey / 64) + 1];

    public void Add(UInt128 key)
    {
        for (var i = 0; i < Places; i++)
        {
            var (word, bit) = PlaceOf(key, i);
            _words[word] |= bit;
        }
    }

    /// <summary>Whether a key may have been added; false is certain.</summary>
    public bool MayContain(UInt128 key)
    {
        for (var i = 0; i < Places; i++)
        {
            var (word, bit) = PlaceOf(key, i);
            if ((_words[word] & bit) == 0)
            {
                return false;
            }
        }
        return true;
    }

    private (int Word, ulong Bit) PlaceOf(UInt128 key, int i)
    {
        var place = unchecked((ulong)key + ((ulong)i * ((ulong)(key >> 64) | 1))) % ((ulong)_words.Length * 64);
        return ((int)(place / 64), 1UL << (int)(place % 64));
    }
}
