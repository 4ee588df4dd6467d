using System.Diagnostics;

namespace Scoring.Benchmarks.Comparisons.Ingest;

/// <summary>Something that counts events, to be measured.</summary>
internal interface IEventStore
{
    /// <summary>What it is, for the table.</summary>
    string Name { get; }

    /// <summary>The processes that do the work.</summary>
    IReadOnlyList<Process> Processes { get; }

    /// <summary>Records batches, all of them, seeing every answer.</summary>
    Task RecordAsync(BatchSource source);
}
