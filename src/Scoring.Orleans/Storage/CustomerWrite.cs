using Scoring.Cluster.Customers;

namespace Scoring.Cluster.Storage;

/// <summary>What is to be written of one customer.</summary>
/// <param name="Customer">The customer.</param>
/// <param name="ExpectedVersion">The version that the writer has read; 0 when it found none.</param>
/// <param name="Record">The facts in their stored form.</param>
/// <param name="Blocks">Blocks of event ids that changed.</param>
/// <param name="FirstBlock">Blocks before this one are no longer needed; 0 when there are none.</param>
internal sealed record CustomerWrite(
    CustomerKey Customer,
    long ExpectedVersion,
    byte[] Record,
    IReadOnlyList<(int Block, byte[] Ids)> Blocks,
    int FirstBlock
);
