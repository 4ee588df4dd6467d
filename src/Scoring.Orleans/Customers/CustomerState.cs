namespace Scoring.Cluster.Customers;

/// <summary>What is stored of one customer.</summary>
internal sealed class CustomerState
{
    /// <summary>The facts in their stored form, that of the standalone edition; empty when nothing is known of the customer.</summary>
    public byte[] Record { get; set; } = [];

    /// <summary>The event ids that the customer has had.</summary>
    public EventIdWindow Window { get; set; } = new();
}
