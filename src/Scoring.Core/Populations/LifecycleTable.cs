using Scoring.Core.Lifecycles;
using Scoring.Core.Memory;

namespace Scoring.Core.Populations;

/// <summary>The lifecycle marks of all customers of a population.</summary>
/// <remarks>A row takes 2 bytes, and 8 and a bit more once customers have had events that end or reopen the relationship.</remarks>
internal sealed class LifecycleTable
{
    private const int WordRows = 64;
    private readonly Column<long> _turns = new();
    private readonly Column<ulong> _churned = new();
    private int _rowsWithTurns;

    /// <summary>The first day of each row.</summary>
    public Column<ushort> FirstDays { get; } = new();

    /// <summary>The marks of a row.</summary>
    public LifecycleMarks this[int row] =>
        new(FirstDays[row], row < _rowsWithTurns ? _turns[row] : LifecycleMarks.NoTurn);

    /// <summary>A bit for each of 64 rows that is churned.</summary>
    /// <param name="first">The first of the rows; a multiple of 64.</param>
    public ulong Churned(int first) => first < _rowsWithTurns ? _churned[first / WordRows] : 0;

    /// <summary>Adds a row of whom nothing is known.</summary>
    public void AddRow(int row)
    {
        FirstDays.EnsureRows(row + 1);
        FirstDays[row] = LifecycleMarks.NoDay;
    }

    /// <summary>Asks for what <see cref="Note"/> compares.</summary>
    public void Prefetch(int row) => FirstDays.Prefetch(row);

    /// <summary>Takes in an event or upsert of a row.</summary>
    public void Note(int row, int day, long turn)
    {
        if (turn == LifecycleMarks.NoTurn)
        {
            ref var first = ref FirstDays[row];
            if (day < first || first == LifecycleMarks.NoDay)
            {
                first = LifecycleMarks.Earlier(first, day);
            }
        }
        else
        {
            Set(row, this[row].With(day, turn));
        }
    }

    /// <summary>Replaces the marks of a row.</summary>
    public void Set(int row, LifecycleMarks marks)
    {
        FirstDays[row] = marks.FirstDay;
        if (marks.Turn == LifecycleMarks.NoTurn && row >= _rowsWithTurns)
        {
            return;
        }
        EnsureTurns(row + 1);
        _turns[row] = marks.Turn;
        var bit = 1UL << (row % WordRows);
        ref var churned = ref _churned[row / WordRows];
        churned = marks.IsChurned ? churned | bit : churned & ~bit;
    }

    private void EnsureTurns(int rows)
    {
        _turns.EnsureRows(rows);
        _churned.EnsureRows(((rows - 1) / WordRows) + 1);
        for (; _rowsWithTurns < rows; _rowsWithTurns++)
        {
            _turns[_rowsWithTurns] = LifecycleMarks.NoTurn;
        }
    }
}
