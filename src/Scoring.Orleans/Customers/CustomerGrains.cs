using Orleans.Metadata;

namespace Scoring.Cluster.Customers;

/// <summary>Refers to customers' grains.</summary>
/// <remarks>With the type of the interface looked up once: the factory by itself does it for every reference, by reflection.</remarks>
internal sealed class CustomerGrains(IGrainFactory grains, GrainInterfaceTypeResolver interfaces)
{
    private static readonly GrainType Type = GrainType.Create(CustomerGrain.TypeName);
    private readonly GrainInterfaceType _interface = interfaces.GetGrainInterfaceType(typeof(ICustomerGrain));

    /// <summary>The identity of a customer's grain.</summary>
    public static GrainId Id(string workspace, string customerId) =>
        GrainId.Create(Type, new CustomerKey(workspace, customerId).ToString());

    /// <summary>The grain of a customer.</summary>
    public ICustomerGrain Get(GrainId customer) => (ICustomerGrain)grains.GetGrain(customer, _interface);

    /// <inheritdoc cref="Get(GrainId)"/>
    public ICustomerGrain Get(string workspace, string customerId) => Get(Id(workspace, customerId));
}
