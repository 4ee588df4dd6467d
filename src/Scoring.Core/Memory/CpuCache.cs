using System.Runtime.CompilerServices;
using System.Runtime.Intrinsics.X86;

namespace Scoring.Core.Memory;

/// <summary>Hints to the processor. They change when memory is waited for, never what is computed.</summary>
public static class CpuCache
{
    /// <summary>Bytes of a cache line.</summary>
    public const int LineBytes = 64;

    /// <summary>Asks for all cache lines of some values, at least one.</summary>
    internal static void Prefetch(ReadOnlySpan<ulong> values)
    {
        for (var at = 0; at < values.Length; at += LineBytes / sizeof(ulong))
        {
            Prefetch(in values[at]);
        }
        // They need not begin with a line.
        Prefetch(in values[^1]);
    }

    /// <summary>Asks for the cache line of a value, without waiting for it.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public static unsafe void Prefetch<T>(ref readonly T value)
    {
        if (Sse.IsSupported)
        {
            // Nothing is read through the pointer: an object that moves meanwhile makes the hint useless, not wrong.
            Sse.Prefetch0(Unsafe.AsPointer(ref Unsafe.AsRef(in value)));
        }
    }
}
