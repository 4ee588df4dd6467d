using Google.Protobuf;
using Google.Protobuf.Reflection;

namespace Scoring.Rpc;

/// <summary>One method of a protobuf service.</summary>
public class RpcMethod
{
    private protected RpcMethod(MethodDescriptor descriptor)
    {
        Descriptor = descriptor;
        Service = descriptor.Service.FullName;
        Name = descriptor.Name;
        Path = $"/{Service}/{Name}";
        Kind = (descriptor.IsClientStreaming, descriptor.IsServerStreaming) switch
        {
            (false, false) => RpcMethodKind.Unary,
            (true, false) => RpcMethodKind.ClientStreaming,
            (false, true) => RpcMethodKind.ServerStreaming,
            (true, true) => RpcMethodKind.Duplex,
        };
    }

    /// <summary>The full name of the service, such as <c>scoring.v1.ScoringService</c>.</summary>
    public string Service { get; }

    /// <summary>The name of the method within its service, such as <c>GetScore</c>.</summary>
    public string Name { get; }

    /// <summary>The path of the URL: <c>/service/method</c>.</summary>
    public string Path { get; }

    /// <summary>Which sides are streams.</summary>
    public RpcMethodKind Kind { get; }

    /// <summary>The method as protoc describes it.</summary>
    public MethodDescriptor Descriptor { get; }

    /// <summary>A method by its name.</summary>
    /// <typeparam name="TRequest">The generated type of the request.</typeparam>
    /// <typeparam name="TResponse">The generated type of the response.</typeparam>
    /// <param name="service">The service, as protoc describes it.</param>
    /// <param name="name">The name of the rpc in the proto file.</param>
    /// <exception cref="ArgumentException">The service has no such method, or its types are others.</exception>
    public static RpcMethod<TRequest, TResponse> Of<TRequest, TResponse>(ServiceDescriptor service, string name)
        where TRequest : class, IMessage<TRequest>
        where TResponse : class, IMessage<TResponse>
    {
        var method =
            service.FindMethodByName(name)
            ?? throw new ArgumentException($"Service {service.FullName} has no method {name}.", nameof(name));
        return new RpcMethod<TRequest, TResponse>(method);
    }

    /// <summary>The path of the method.</summary>
    public override string ToString() => Path;
}
