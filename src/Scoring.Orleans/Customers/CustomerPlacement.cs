namespace Scoring.Cluster.Customers;

/// <summary>A customer, and an account, is activated on its home (<see cref="CustomerHomes"/>), so that a front knows where to send a batch without asking.</summary>
[GenerateSerializer, Alias("scoring.customer-placement"), Immutable]
internal sealed class CustomerPlacement : PlacementStrategy;
