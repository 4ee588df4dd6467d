namespace Scoring.Engine.Moving;

/// <summary>Counts what is done and says so now and then.</summary>
/// <param name="report">Is told.</param>
/// <param name="partitions">How many partitions are to be read.</param>
/// <param name="cancellationToken">Is looked at as often.</param>
internal sealed class Progress(Action<MoveProgress> report, int partitions, CancellationToken cancellationToken)
{
    private const int ReportEvery = 4_096;
    private int _done;
    private long _expected;
    private long _inPartition;
    private long _customers;
    private long _bytes;

    public bool IsVerifying { get; init; }

    /// <summary>Passes over partitions that were done before.</summary>
    public void Skip(int done) => _done = done;

    /// <summary>Begins a partition.</summary>
    /// <param name="expected">Customers that it has, more or less.</param>
    /// <exception cref="OperationCanceledException">Nothing more is wanted.</exception>
    public void Begin(long expected)
    {
        (_expected, _inPartition) = (expected, 0);
        Report();
    }

    public void AddCustomer()
    {
        _customers++;
        if (++_inPartition % ReportEvery == 0)
        {
            Report();
        }
    }

    public void AddBytes(long bytes) => _bytes += bytes;

    /// <summary>Ends a partition.</summary>
    public void End()
    {
        _done++;
        (_expected, _inPartition) = (0, 0);
        Report();
    }

    private void Report()
    {
        cancellationToken.ThrowIfCancellationRequested();
        var part = _expected > 0 ? Math.Min(1, (double)_inPartition / _expected) : 0;
        report(new(IsVerifying, _done, partitions, (_done + part) / partitions, _customers, _bytes));
    }
}
