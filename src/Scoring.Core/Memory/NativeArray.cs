using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Scoring.Core.Memory;

/// <summary>Values in memory from <see cref="HugePages"/>, zero at first.</summary>
/// <remarks>
/// Indices are the caller's to keep within bounds: they are checked in debug builds only. What refers to its memory does not keep the array
/// alive; whoever hands out such references sees to it that the array outlives them. The garbage collector is not told of the memory: what grows
/// is freed at once, and to be told of tables that grow by megabytes a second, it would collect all its generations every second.
/// </remarks>
public sealed unsafe class NativeArray<T>
    where T : unmanaged
{
    private T* _items;

    /// <param name="length">How many values.</param>
    public NativeArray(int length)
    {
        Length = length;
        if (length > 0)
        {
            _items = (T*)HugePages.Rent(Bytes);
        }
    }

#pragma warning disable MA0055 // Columns and populations are dropped, not disposed of: there may be readers still.
    /// <summary>Gives the memory back if nobody has.</summary>
    ~NativeArray() => Free();
#pragma warning restore MA0055

    /// <summary>An array of no values.</summary>
    internal static NativeArray<T> Empty { get; } = new(0);

    /// <summary>How many values there are.</summary>
    public int Length { get; private set; }

    /// <summary>All values.</summary>
    public Span<T> Span => new(_items, Length);

    private nint Bytes => (nint)Length * sizeof(T);

    /// <summary>A value.</summary>
    public ref T this[int index]
    {
        [MethodImpl(MethodImplOptions.AggressiveInlining)]
        get
        {
            Debug.Assert((uint)index < (uint)Length, "an index lies within its array");
            return ref _items[index];
        }
    }

    /// <summary>Some values in a row.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    public Span<T> Slice(int start, int length)
    {
        Debug.Assert(
            (uint)start <= (uint)Length && (uint)length <= (uint)(Length - start),
            "a slice lies within its array"
        );
        return new(_items + start, length);
    }

    /// <summary>Puts a larger array with the same values, and zeros behind them, in the place of one that is given back.</summary>
    internal static void Grow(ref NativeArray<T> array, int length)
    {
        var larger = new NativeArray<T>(length);
        array.Span.CopyTo(larger.Span);
        array.Free();
        array = larger;
    }

    /// <summary>Gives the memory back. There are no values any more.</summary>
    public void Free()
    {
        if (_items is not null)
        {
            HugePages.Return(_items, Bytes);
            _items = null;
            Length = 0;
        }
    }
}
