namespace Scoring.Cluster.Storage;

/// <summary>A customer as it is stored, without its event ids.</summary>
/// <param name="CustomerId">The customer, in UTF-8.</param>
/// <param name="Version">Rises with every write, from 1.</param>
/// <param name="Record">The facts in their stored form.</param>
internal readonly record struct StoredCustomer(byte[] CustomerId, long Version, byte[] Record);
