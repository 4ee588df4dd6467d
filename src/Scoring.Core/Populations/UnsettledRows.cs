namespace Scoring.Core.Populations;

/// <summary>Rows that changed since the columns were brought up to date, each once.</summary>
internal sealed class UnsettledRows
{
    private readonly Column<byte> _marks = new();
    private int[] _rows = [];
    private int _count;

    public ReadOnlySpan<int> Rows => _rows.AsSpan(0, _count);

    public void Add(int row)
    {
        _marks.EnsureRows(row + 1);
        ref var mark = ref _marks[row];
        if (mark != 0)
        {
            return;
        }
        mark = 1;
        if (_count == _rows.Length)
        {
            Array.Resize(ref _rows, Math.Max(64, _count * 2));
        }
        _rows[_count++] = row;
    }

    public void Clear()
    {
        foreach (var row in Rows)
        {
            _marks[row] = 0;
        }
        _count = 0;
    }
}
