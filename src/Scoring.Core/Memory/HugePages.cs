using System.Numerics;
using System.Runtime.InteropServices;

namespace Scoring.Core.Memory;

/// <summary>Memory for large tables, outside the garbage collector's heap and in huge pages where the system gives them.</summary>
/// <remarks>
/// <para>
/// A table that is touched at random waits for the page tables as long as for its own memory, unless its pages are large. Linux gives pages of
/// 2 MiB to those who ask for them (madvise); elsewhere this is ordinary memory.
/// </para>
/// <para>
/// Blocks of 4 KiB to 2 MiB are cut from such pages, which all tables of the process share, so a small table takes no page for itself. They
/// are buddies: halves of halves, which become one again once both are free. A block of three quarters gives the fourth back at once.
/// Larger blocks are whole pages. Thread safe.
/// </para>
/// <para>
/// The system clears a page when it is touched first, and a virtual machine may have to get the memory from its host by then: 0.2 to 6 ms
/// for 2 MiB, which would be spent in the middle of a write while readers wait. So a few pages are touched in advance, by a thread of the pool.
/// </para>
/// </remarks>
public static unsafe partial class HugePages
{
    /// <summary>The smallest block that is cut from a huge page; what is smaller comes from the ordinary native heap.</summary>
    private const int SmallestBlock = 1 << 12;
    private const int PageOrder = 9;
    private const nint PageBytes = SmallestBlock << PageOrder;
    private const int CacheLine = 64;

    /// <summary>Of the pages in use, a 16th is kept ready for those to come, but no more than 32 MiB.</summary>
    private const int PagesPerReady = 16;
    private const int MostReady = 16;
    private static readonly Lock Gate = new();

    // By order i, free blocks of 2^i smallest ones. Two halves of one block are never both here.
    private static readonly SortedSet<nint>[] Free =
    [
        .. Enumerable.Range(0, PageOrder).Select(_ => new SortedSet<nint>()),
    ];
    private static readonly Queue<nint> Ready = [];
    private static int _pages;
    private static bool _isFilling;
    private static long _used;

    /// <summary>Bytes that are lent at the moment.</summary>
    public static long BytesUsed => Interlocked.Read(ref _used);

    /// <summary>Lends memory, all zero.</summary>
    /// <exception cref="InvalidOperationException">The system has none.</exception>
    internal static void* Rent(nint bytes)
    {
        var block =
            bytes > PageBytes ? Map(WholePages(bytes))
            : bytes < SmallestBlock ? (nint)NativeMemory.AlignedAlloc((nuint)bytes, CacheLine)
            : RentPart((int)bytes);
        Interlocked.Add(ref _used, bytes);
        if (bytes <= PageBytes)
        {
            // It may have been somebody else's; what is mapped is zero already.
            NativeMemory.Clear((void*)block, (nuint)bytes);
        }
        return (void*)block;
    }

    /// <summary>Takes back what was lent.</summary>
    internal static void Return(void* memory, nint bytes)
    {
        Interlocked.Add(ref _used, -bytes);
        if (bytes > PageBytes)
        {
            Unmap((nint)memory, WholePages(bytes));
        }
        else if (bytes < SmallestBlock)
        {
            NativeMemory.AlignedFree(memory);
        }
        else
        {
            ReturnPart((nint)memory, (int)bytes);
        }
    }

    private static nint WholePages(nint bytes) => (bytes + PageBytes - 1) & ~(PageBytes - 1);

    private static nint RentPart(int bytes)
    {
        var (order, isThreeQuarters) = SizeOf(bytes);
        lock (Gate)
        {
            var block = Take(order);
            if (isThreeQuarters)
            {
                GiveBack(block + (3 * BytesOf(order - 2)), order - 2);
            }
            return block;
        }
    }

    private static void ReturnPart(nint block, int bytes)
    {
        var (order, isThreeQuarters) = SizeOf(bytes);
        lock (Gate)
        {
            if (isThreeQuarters)
            {
                GiveBack(block + BytesOf(order - 1), order - 2);
            }
            GiveBack(block, isThreeQuarters ? order - 1 : order);
        }
    }

    private static (int Order, bool IsThreeQuarters) SizeOf(int bytes)
    {
        var smallest = (uint)(bytes + SmallestBlock - 1) / SmallestBlock;
        var order = BitOperations.Log2(BitOperations.RoundUpToPowerOf2(smallest));
        return (order, order >= 2 && smallest <= 3u << (order - 2));
    }

    private static nint BytesOf(int order) => (nint)SmallestBlock << order;

    private static nint Take(int order)
    {
        if (order == PageOrder)
        {
            return TakePage();
        }
        if (Free[order].Count > 0)
        {
            var free = Free[order].Min;
            Free[order].Remove(free);
            return free;
        }
        var whole = Take(order + 1);
        Free[order].Add(whole + BytesOf(order));
        return whole;
    }

    private static void GiveBack(nint block, int order)
    {
        for (; order < PageOrder && Free[order].Remove(block ^ BytesOf(order)); order++)
        {
            block &= ~BytesOf(order);
        }
        if (order < PageOrder)
        {
            Free[order].Add(block);
            return;
        }
        _pages--;
        if (IsReadyWanted)
        {
            Ready.Enqueue(block);
        }
        else
        {
            Unmap(block, PageBytes);
        }
    }

    private static bool IsReadyWanted => Ready.Count < Math.Min(_pages / PagesPerReady, MostReady);

    private static nint TakePage()
    {
        var page = Ready.TryDequeue(out var ready) ? ready : Map(PageBytes);
        _pages++;
        if (IsReadyWanted && !_isFilling)
        {
            _isFilling = true;
            ThreadPool.UnsafeQueueUserWorkItem(_ => MakeReady(), null);
        }
        return page;
    }

    private static void MakeReady()
    {
        while (true)
        {
            nint page = 0;
            try
            {
                page = MapAndTouch();
            }
            catch (InvalidOperationException)
            {
                // Whoever needs a page asks the system itself, and is told.
            }
            lock (Gate)
            {
                if (page != 0)
                {
                    Ready.Enqueue(page);
                }
                if (page == 0 || !IsReadyWanted)
                {
                    _isFilling = false;
                    return;
                }
            }
        }
    }

    private static nint MapAndTouch()
    {
        var page = Map(PageBytes);
        for (nint at = 0; at < PageBytes; at += SmallestBlock)
        {
            // What is not a huge page consists of pages as large as the smallest block.
            Volatile.Write(ref *(byte*)(page + at), 0);
        }
        return page;
    }

    /// <summary>Takes whole pages from the system, all zero.</summary>
    private static nint Map(nint bytes)
    {
        if (!OperatingSystem.IsLinux())
        {
            var pages = NativeMemory.AlignedAlloc((nuint)bytes, (nuint)PageBytes);
            NativeMemory.Clear(pages, (nuint)bytes);
            return (nint)pages;
        }
        // One page more than wanted holds a stretch that begins at a multiple of its size; the rest is given back.
        var whole = Mmap(0, bytes + PageBytes, ProtectReadWrite, MapPrivateAnonymous, -1, 0);
        if (whole == -1)
        {
            throw new InvalidOperationException($"The system has no {bytes:N0} bytes more.");
        }
        var aligned = WholePages(whole);
        if (aligned > whole)
        {
            _ = Munmap(whole, aligned - whole);
        }
        _ = Munmap(aligned + bytes, whole + PageBytes - aligned);
        // Where huge pages are switched off this fails, and everything works as before, only slower.
        _ = Madvise(aligned, bytes, AdviceHugePage);
        return aligned;
    }

    private static void Unmap(nint memory, nint bytes)
    {
        if (OperatingSystem.IsLinux())
        {
            _ = Munmap(memory, bytes);
        }
        else
        {
            NativeMemory.AlignedFree((void*)memory);
        }
    }

    // The values are those of mman.h on Linux, the same on all processors that .NET runs on.
    private const int ProtectReadWrite = 1 | 2;
    private const int MapPrivateAnonymous = 0x02 | 0x20;
    private const int AdviceHugePage = 14;

    [LibraryImport("libc", EntryPoint = "mmap")]
    private static partial nint Mmap(nint address, nint length, int protection, int flags, int file, nint offset);

    [LibraryImport("libc", EntryPoint = "munmap")]
    private static partial int Munmap(nint address, nint length);

    [LibraryImport("libc", EntryPoint = "madvise")]
    private static partial int Madvise(nint address, nint length, int advice);
}
