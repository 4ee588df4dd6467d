using System.Numerics;
using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;

namespace Scoring.Core.Segments;

/// <summary>Picks scores out of vectors without a branch for each.</summary>
internal static class Lanes
{
    /// <summary>Scores of a vector; a target needs room for that many behind what is picked.</summary>
    public const int Count = 4;

    /// <summary>For each set of four lanes, where they are found, as lanes of 32 bits: those of the set first.</summary>
    private static readonly Vector256<int>[] Places = [.. Enumerable.Range(0, 1 << Count).Select(PlacesOf)];

    /// <summary>Writes the scores whose bits are set, and behind them the others; gives how many are set.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static int Pick(Vector256<double> scores, int mask, Span<double> target)
    {
        ref var places = ref MemoryMarshal.GetArrayDataReference(Places);
        Vector256.Shuffle(scores.AsInt32(), Unsafe.Add(ref places, mask & 0xF)).AsDouble().CopyTo(target);
        return BitOperations.PopCount((uint)mask & 0xF);
    }

    private static Vector256<int> PlacesOf(int mask)
    {
        int[] lanes = [.. Enumerable.Range(0, Count).OrderBy(lane => mask >> lane & 1 ^ 1)];
        return Vector256.Create([.. lanes.SelectMany(lane => (int[])[2 * lane, (2 * lane) + 1])]);
    }
}
