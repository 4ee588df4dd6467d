namespace Scoring.Rpc.Telemetry;

/// <summary>What telemetry says of every call of a method.</summary>
internal sealed class MethodTelemetry
{
    private readonly CallTags[] _tags;

    /// <summary>Calls of methods that do not exist.</summary>
    public static readonly MethodTelemetry Other = new(RpcConventions.OtherMethod);

    public MethodTelemetry(RpcMethod method)
        : this(RpcConventions.NameOf(method)) { }

    private MethodTelemetry(string name)
    {
        Name = name;
        _tags = [.. ServedSystems.All.Select(system => new CallTags(system, name, IsError))];
    }

    /// <summary><c>package.Service/Method</c>.</summary>
    public string Name { get; }

    /// <summary>Whether a status tells of a failure of the server; the others are the caller's affair.</summary>
    public static bool IsError(StatusCode code) =>
        code
            is StatusCode.Unknown
                or StatusCode.DeadlineExceeded
                or StatusCode.Unimplemented
                or StatusCode.Internal
                or StatusCode.Unavailable
                or StatusCode.DataLoss;

    public CallTags TagsOf(RpcSystem system) => _tags[system.Index];
}
