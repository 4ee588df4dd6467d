namespace Scoring.Cluster.Customers;

/// <summary>Which customer a grain is: the workspace, a slash, the customer's id. Names of workspaces have no slash.</summary>
internal readonly record struct CustomerKey(string Workspace, string CustomerId)
{
    public static CustomerKey Of(GrainId grain) => Parse(grain.Key.ToString()!);

    public static CustomerKey Parse(string key)
    {
        var slash = key.IndexOf('/', StringComparison.Ordinal);
        return new(key[..slash], key[(slash + 1)..]);
    }

    public override string ToString() => $"{Workspace}/{CustomerId}";
}
