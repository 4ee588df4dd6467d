namespace Scoring.Core.Memory;

/// <summary>Which parts of one page are free: halves of halves, which become one again once both are free. Not thread safe.</summary>
/// <param name="address">Where the page lies.</param>
/// <param name="orders">The page has 2 to the power of this smallest parts.</param>
internal sealed class BuddyPage(nint address, int orders)
{
    // A binary tree: node 1 is the page, nodes 2n and 2n + 1 are the halves of n. Each has the order of the largest free part in it, + 1;
    // 0 when there is none. Below a part that is taken everything is as it was while that part was free.
    private readonly byte[] _largest = Untouched(orders);

    public nint Address { get; } = address;

    public bool IsFull => _largest[1] == 0;

    public bool IsEmpty => _largest[1] == orders + 1;

    /// <summary>Whether there is a free part of 2^<paramref name="order"/> smallest parts.</summary>
    public bool HasRoom(int order) => _largest[1] > order;

    /// <summary>Takes a part that there is room for; gives the number of its first smallest part.</summary>
    /// <param name="order">Its size: 2 to the power of this.</param>
    /// <param name="withoutLastQuarter">Leaves its last quarter free; the first half and the third quarter are released by themselves.</param>
    public int Take(int order, bool withoutLastQuarter)
    {
        var node = 1;
        for (var level = orders; level > order; level--)
        {
            // The half with less room, if it has enough: large parts stay whole for those who need them.
            var (left, right) = (_largest[2 * node], _largest[(2 * node) + 1]);
            node = (2 * node) + (left > order && (right <= order || left <= right) ? 0 : 1);
        }
        if (withoutLastQuarter)
        {
            _largest[2 * node] = 0;
            _largest[2 * ((2 * node) + 1)] = 0;
            Refresh((2 * node) + 1, order - 1);
            Refresh(node, order);
        }
        else
        {
            _largest[node] = 0;
        }
        RefreshAbove(node, order);
        return (node << order) - (1 << orders);
    }

    /// <summary>Frees the part that begins with a smallest part.</summary>
    public void Release(int first)
    {
        var node = first + (1 << orders);
        var order = 0;
        for (; _largest[node] != 0; node /= 2)
        {
            order++;
        }
        _largest[node] = (byte)(order + 1);
        RefreshAbove(node, order);
    }

    private static byte[] Untouched(int orders)
    {
        var largest = new byte[2 << orders];
        for (var node = 1; node < largest.Length; node++)
        {
            largest[node] = (byte)(orders - int.Log2(node) + 1);
        }
        return largest;
    }

    private void RefreshAbove(int node, int order)
    {
        for (node /= 2, order++; node > 0; node /= 2, order++)
        {
            Refresh(node, order);
        }
    }

    private void Refresh(int node, int order)
    {
        var (left, right) = (_largest[2 * node], _largest[(2 * node) + 1]);
        _largest[node] = left == order && right == order ? (byte)(order + 1) : Math.Max(left, right);
    }
}
